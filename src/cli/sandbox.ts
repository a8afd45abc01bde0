// With what can an engineer try an own system? `sluis sandbox`: a gateway with the organisations of a region beside it.
import { statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createCaller } from '../sandbox/caller.ts';
import { startControl } from '../sandbox/control.ts';
import { freePort, isFree, type ParticipantSetting, writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import { runGateway } from '../sandbox/gatewayRun.ts';
import { keepKey } from '../sandbox/keys.ts';
import type { LogLine } from '../sandbox/listen.ts';
import { openMapBench } from '../sandbox/mapBench.ts';
import { type Reaction, react, reactions } from '../sandbox/react.ts';
import { askerOf, joined, startRegion } from '../sandbox/region.ts';
import { ambulanceService, outOfHours, smallHome } from '../sandbox/regionCast.ts';
import {
  bystander,
  clientIdOf,
  hospital,
  keyFileOf,
  nursingHome,
  type Sandbox,
  startSandbox,
} from '../sandbox/sandbox.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { misused } from './exit.ts';
import { sandboxGuide } from './sandboxGuide.ts';
import type { Terminal } from './terminal.ts';
import { readYaml } from './yamlFile.ts';

type Options = {
  folder: string;
  port: string;
  shape: string;
  react: string;
  participants?: string;
  maps: string;
};

const ownMaps = resolve(import.meta.dirname, '../../mappings');

const senders = [hospital, nursingHome, bystander];
const askers = [ambulanceService, outOfHours, smallHome];
const players = [...senders, ...askers];

export const addSandbox: AddCommand = (program, tools) => {
  const sandbox = program
    .command('sandbox')
    .description('run a gateway with the simulated organisations of a region, to point an own system at')
    .option('--folder <folder>', 'where settings, keys and database are kept between runs', '.sluis-sandbox')
    .option('--port <port>', 'first of five ports in a row; 0 takes free ones', '8180')
    .option('--shape <shape>', 'notification shape of the nursing home: A, B, C, D or E', 'A')
    .option('--react <how>', `what the nursing home does by itself: ${reactions.join(', ')}`, 'complete')
    .option('--participants <file>', 'further participants, a YAML or JSON list as in docs/configuration.md')
    .option('--maps <folder>', 'maps to try and edit: the newest text that compiles serves', ownMaps)
    .addHelpText('after', examples('sluis sandbox', 'sluis sandbox --react none --participants mine.yaml'))
    .action((options: Options) => run(options, tools));
  sandbox
    .command('token')
    .description('print an access token of one of the organisations, for use with curl')
    .argument('<id>', players.map((one) => one.id).join(', '))
    .addHelpText('after', examples('TOKEN=$(sluis sandbox token maasoever)'))
    .action((id: string) => printToken(id, sandbox.opts<Options>(), tools));
};

async function run(options: Options, { terminal }: Tools): Promise<void> {
  const reaction = reactions.find((known) => known === options.react);
  if (reaction === undefined) throw misused(`--react is one of ${reactions.join(', ')}.`);
  if (!/^[A-E]$/.test(options.shape)) throw misused('--shape is A, B, C, D or E.');
  // All that may be refused is, before a server listens that would keep the process alive.
  const further = furtherParticipants(options.participants);
  const mapsFolder = folderOfMaps(options.maps);
  const ports = await portsFrom(options.port);
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const closing: Closing = [];
  try {
    await play({ options, folder, ports, reaction, further, mapsFolder, closing }, terminal);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

type Closing = (() => unknown)[];
type Play = {
  options: Options;
  folder: string;
  ports: Ports;
  reaction: Reaction;
  further: ParticipantSetting[];
  mapsFolder: string;
  /** How to end each thing that runs. */
  closing: Closing;
};

async function play(given: Play, terminal: Terminal): Promise<void> {
  const { options, folder, ports, reaction, further, mapsFolder, closing } = given;
  const [port, opsPort, epdPort, ecdPort, controlPort] = ports;
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const onRequest = (who: string, line: LogLine) => terminal.line(requestLine(who, line));
  const sandbox = await startSandbox({
    folder,
    gatewayUrl,
    epdPort,
    ecdPort,
    shape: options.shape,
    onRequest,
    onNotification: ({ taskId }) => reactTo(taskId),
  });
  closing.push(sandbox.close);
  const region = await startRegion({ folder, gatewayUrl, onRequest });
  closing.push(region.close);
  const maps = openMapBench(mapsFolder);
  closing.push(maps.stop);
  const control = await startControl({ ...sandbox, maps, others: region.servers }, { port: controlPort });
  closing.push(control.close);
  const reactTo = reacting(sandbox, reaction, terminal.line);
  const participants = [...joined(sandbox.participants, region.participants), ...further];
  const { settings } = region;
  const written = await writeGatewayFolder({ folder, port, opsPort, participants, settings });
  await writeFile(join(folder, 'sandbox.json'), `${JSON.stringify({ gatewayUrl })}\n`);
  const gateway = await runGateway(written);
  closing.push(gateway.stop);
  await region.enterPatient();
  for (const line of sandboxGuide({ written, sandbox, region, controlUrl: control.baseUrl, folder }))
    terminal.line(line);
  await stopped();
  terminal.line('Stopping.');
}

function reacting(sandbox: Sandbox, reaction: Reaction, tell: (text: string) => void) {
  return (taskId: string | undefined): void => {
    if (taskId !== undefined) void react(sandbox.ecd, taskId, { reaction, tell });
  };
}

const requestLine = (who: string, { at, method, path, status, fault }: LogLine): string =>
  `${at}  ${who} got ${method} ${path}  ${status ?? 'no answer'}${fault === 'none' ? '' : ` (switched: ${fault})`}`;

type Ports = [number, number, number, number, number];

async function portsFrom(text: string): Promise<Ports> {
  const first = Number(text);
  if (!Number.isInteger(first) || first < 0 || first > 65_530)
    throw misused('--port is a port number, or 0.');
  if (first > 0) {
    const ports: Ports = [first, first + 1, first + 2, first + 3, first + 4];
    for (const port of ports)
      if (!(await isFree(port)))
        throw misused(`Port ${port} is in use; give --port the first of five free ones, or 0.`);
    return ports;
  }
  return [await freePort(), await freePort(), 0, 0, 0];
}

function folderOfMaps(given: string): string {
  const folder = resolve(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw misused(`There is no folder of maps ${folder}.`);
}

function furtherParticipants(file: string | undefined): ParticipantSetting[] {
  if (file === undefined) return [];
  const list = readYaml(file);
  if (!Array.isArray(list)) throw misused(`${file} must hold a list of participants.`);
  return list;
}

function stopped(): Promise<void> {
  return new Promise((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
}

async function printToken(id: string, options: Options, { terminal }: Tools): Promise<void> {
  const player = players.find((one) => one.id === id);
  if (player === undefined)
    throw misused(`There is no ${id} here; ${players.map((one) => one.id).join(', ')}.`);
  const state = await readFile(join(options.folder, 'sandbox.json'), 'utf8').catch(() => undefined);
  if (state === undefined)
    throw misused(`No sandbox has run in ${options.folder}; give its --folder before "token".`);
  const { gatewayUrl } = JSON.parse(state);
  const folder = resolve(options.folder);
  const asker = askers.find((one) => one.id === id);
  if (asker) return terminal.line(await (await askerOf(asker, { folder, gatewayUrl })).caller.token());
  const key = await keepKey(keyFileOf(folder, id), id);
  const caller = createCaller({ gatewayUrl, clientId: clientIdOf(player), key, scope: 'handover' });
  terminal.line(await caller.token());
}
