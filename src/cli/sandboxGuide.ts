// What must an engineer know to begin? Addresses, client ids, keys, and lines to copy.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bsnSystem } from '../fhir/identifiers.ts';
import { patientBsn } from '../sandbox/fixtures.ts';
import type { GatewayFolder } from '../sandbox/gatewayFolder.ts';
import type { Region } from '../sandbox/region.ts';
import { ambulanceService, gp, homeCare, outOfHours, smallHome } from '../sandbox/regionCast.ts';
import { bystander, clientIdOf, hospital, keyFileOf, nursingHome, type Sandbox } from '../sandbox/sandbox.ts';
import { aligned } from './terminal.ts';

const sample = fileURLToPath(new URL('../sandbox/fixtures/handover.json', import.meta.url));

type Running = {
  written: GatewayFolder;
  sandbox: Sandbox;
  region: Region;
  controlUrl: string;
  folder: string;
};

/** The lines that `sluis sandbox` begins with. */
export function sandboxGuide(running: Running): string[] {
  const flag = here(running.folder) === '.sluis-sandbox' ? '' : ` --folder ${here(running.folder)}`;
  return [
    ...aligned(addresses(running)),
    '',
    ...aligned(clients(running)),
    '',
    ...handoverLines(running, flag),
    '',
    ...askingLines(running, flag),
    '',
    'Try a map while you edit it (GET lists the maps, and what does not compile):',
    `  curl ${running.controlUrl}/maps/handover-json-to-stu3 --data-binary @FILE`,
    '',
    'Your own system takes part with --participants FILE. Ctrl-C ends.\n',
  ];
}

const here = (path: string): string => {
  const near = relative(process.cwd(), path) || '.';
  return near.startsWith('..') ? path : near;
};

const addresses = ({ written, sandbox, region, controlUrl }: Running): string[][] => [
  ['gateway', `${written.baseUrl}/stu3`, `token endpoint ${written.baseUrl}/oauth/token`],
  ['', `${written.baseUrl}/r4`, 'wishes and medication'],
  ['operators', `${written.opsUrl}/health/ready`, `settings ${here(written.settingsFile)}`],
  ['epd', sandbox.epd.baseUrl, hospital.name],
  ['ecd', sandbox.ecd.baseUrl, nursingHome.name],
  ...[...region.servers].map(([name, { baseUrl, title }]) => [name, baseUrl, title]),
  ['switches', controlUrl, 'GET /NAME/log, /ecd/notifications, /epd/callbacks; PUT /NAME/faults'],
];

const clients = ({ folder }: Running): string[][] =>
  [hospital, nursingHome, bystander, ambulanceService, outOfHours, smallHome].map((who) => [
    who.name,
    `client ${clientIdOf(who)}`,
    `URA ${who.ura}`,
    `key ${here(keyFileOf(folder, who.id))}`,
  ]);

const handoverLines = ({ written, controlUrl }: Running, flag: string): string[] => [
  'Push a handover as the hospital:',
  `  TOKEN=$(npx sluis sandbox${flag} token ${hospital.id})`,
  `  curl -i ${written.baseUrl}/stu3/\\$handover -H "Authorization: Bearer $TOKEN" \\`,
  `    -H 'Content-Type: application/fhir+json' --data-binary @${here(sample)}`,
  '',
  'Read as the nursing home:',
  `  curl ${written.baseUrl}/stu3/Task/ID -H "Authorization: Bearer $(npx sluis sandbox${flag} token ${nursingHome.id})"`,
  '',
  'Let the next two notifications fail, then see what arrived:',
  `  curl -X PUT ${controlUrl}/ecd/faults -d '{"kind":"busy","retryAfterSeconds":2,"path":"/notification","times":2}'`,
  `  curl ${controlUrl}/ecd/log`,
];

const question = JSON.stringify({
  resourceType: 'Parameters',
  parameter: [{ name: 'patient', valueIdentifier: { system: bsnSystem, value: patientBsn } }],
});

const askingLines = ({ written, controlUrl }: Running, flag: string): string[] => [
  'Ask for the crew card as the ambulance; let a holder hang and ask again:',
  `  TOKEN=$(npx sluis sandbox${flag} token ${ambulanceService.id})`,
  `  curl ${written.baseUrl}/r4/\\$wishes -H "Authorization: Bearer $TOKEN" \\`,
  `    -H 'Content-Type: application/fhir+json' -H 'Accept: application/vnd.sluis.card+json' \\`,
  `    -d '${question}'`,
  `  curl -X PUT ${controlUrl}/${homeCare.id}/faults -d '{"kind":"hang"}'`,
  '',
  'The patient says no at Mitz, or Mitz fails:',
  `  curl -X PUT ${controlUrl}/mitz/choices -d '{"holder":"${gp.id}","permit":false}'`,
  `  curl -X PUT ${controlUrl}/mitz/faults -d '{"kind":"fail"}'`,
];
