// Which keys does a gateway have, and how do they change? `sluis keys`.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigningKeyFile, readSigningKeyFile } from '../audit/signingKey.ts';
import type { Config } from '../config.ts';
import { readTokenKeys } from '../identity/signingKeyFile.ts';
import { newKeyFile } from '../identity/signingKeys.ts';
import { addKey, createKeyFile, readKeyFile } from '../store/keyFile.ts';
import { openKeyRing } from '../store/keyRing.ts';
import { rotatePayloads } from '../store/rotatePayloads.ts';
import { type AddCommand, examples, readConfig, type Tools, withConfig } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';
import { type Opened, operatorOf, withStore } from './withStore.ts';

const files = { content: 'content.json', signing: 'signing.json', audit: 'audit.json' } as const;

export const addKeys: AddCommand = (program, tools) => {
  const keys = program.command('keys').description('make, change and list the keys of this gateway');
  keys
    .command('init')
    .description('make the three key files (content, signing, audit) in a folder; never overwrites one')
    .argument('<folder>', 'where the key files go')
    .addHelpText('after', examples('sluis keys init ./keys'))
    .action((folder: string) => init(folder, tools));
  withConfig(keys.command('rotate'))
    .description('add a fresh key and make it current; what was sealed or signed before stays good')
    .argument('<which>', 'content or signing')
    .addHelpText('after', examples('sluis keys rotate content --config sluis.yaml'))
    .action((which: string, options: { config?: string }) =>
      rotate(which, readConfig(options, tools), tools),
    );
  withConfig(keys.command('reseal'))
    .description('seal all stored content again with the current content key, while gateways run')
    .addHelpText('after', examples('sluis keys reseal --config sluis.yaml'))
    .action((options: { config?: string }) => withStore(options, tools, (opened) => reseal(opened, tools)));
  withConfig(keys.command('list'))
    .description('list key ids; never a key')
    .addHelpText('after', examples('sluis keys list --config sluis.yaml'))
    .action((options: { config?: string }) => list(readConfig(options, tools), tools));
  withConfig(keys.command('public'))
    .description('print the public audit keys as a JWKS, for who verifies the chains of several gateways')
    .addHelpText('after', examples('sluis keys public --config sluis.yaml > gateway-a.json'))
    .action(async (options: { config?: string }) => {
      const { publicKeys } = await readSigningKeyFile(readConfig(options, tools).audit.signingKeyFile);
      tools.terminal.line(JSON.stringify({ keys: publicKeys }, null, 2));
    });
};

async function init(folder: string, { terminal }: Tools): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const present = Object.values(files).filter((name) => existsSync(join(folder, name)));
  if (present.length > 0) {
    throw failed(`${folder} has ${present.join(', ')} already; keys are never overwritten.`);
  }
  const content = createKeyFile(join(folder, files.content));
  const signing = await newKeyFile();
  writeKeys(join(folder, files.signing), signing);
  const audit = await createSigningKeyFile(join(folder, files.audit));
  const rows = [
    ['store.keyFile', join(folder, files.content), content.keyId],
    ['identity.keyFile', join(folder, files.signing), signing.current],
    ['audit.signingKeyFile', join(folder, files.audit), audit.kid],
  ];
  for (const line of aligned(rows)) terminal.line(line);
  terminal.note('Keep a copy of these files apart from the database: without them nothing opens.');
}

async function rotate(which: string, config: Config, { terminal }: Tools): Promise<void> {
  if (which === 'content') {
    terminal.line(addKey(config.store.keyFile).keyId);
    return;
  }
  if (which !== 'signing') throw misused(`There is no key ring "${which}"; content or signing.`);
  const next = await newKeyFile(readTokenKeys(config.identity.keyFile));
  writeKeys(config.identity.keyFile, next);
  terminal.line(next.current);
}

/** After a key was seen by others: what it sealed leaves it. Audit records keep theirs, so it stays in the file. */
async function reseal({ store, config }: Opened, tools: Tools): Promise<void> {
  const keys = openKeyRing(config.store.keyFile);
  const { resealed, damaged } = await rotatePayloads({ store, keys }, (done) =>
    tools.terminal.progress(`${done.resealed} sealed again …`),
  );
  await store.write(async (unit) => {
    unit.audit({
      event: 'keys.resealed',
      action: 'U',
      outcome: damaged.length > 0 ? 'failed' : 'success',
      detail: { by: operatorOf(tools), resealed, damaged: damaged.length, key: keys.currentKeyId() },
    });
  });
  tools.terminal.line(`${resealed} sealed again with ${keys.currentKeyId()}.`);
  if (damaged.length > 0) throw failed(`Not opened, and left as they are: ${damaged.join(', ')}.`);
}

async function list(config: Config, { terminal }: Tools): Promise<void> {
  const content = readKeyFile(config.store.keyFile);
  const signing = readTokenKeys(config.identity.keyFile);
  const audit = await readSigningKeyFile(config.audit.signingKeyFile);
  const mark = (current: boolean): string => (current ? 'current' : 'earlier');
  const rows = [
    ...Object.keys(content.keys).map((id) => ['content', mark(id === content.current), id]),
    ...signing.keys.map(({ kid }) => ['signing', mark(kid === signing.current), kid]),
    ...audit.publicKeys.map(({ kid }, index) => ['audit', mark(index === 0), kid]),
  ];
  for (const line of aligned(rows)) terminal.line(line);
}

/** Written beside and put in place at once: a running gateway never reads half a file. */
function writeKeys(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
