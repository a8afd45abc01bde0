// What must an engineer know to begin? Addresses, client ids, keys, and lines to copy.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GatewayFolder } from '../sandbox/gatewayFolder.ts';
import { bystander, clientIdOf, hospital, keyFileOf, nursingHome, type Sandbox } from '../sandbox/sandbox.ts';
import { aligned } from './terminal.ts';

const sample = fileURLToPath(new URL('../sandbox/fixtures/handover.json', import.meta.url));

/** The lines that `sluis sandbox` begins with. */
export function sandboxGuide(running: {
  written: GatewayFolder;
  sandbox: Sandbox;
  controlUrl: string;
  folder: string;
}): string[] {
  const { written, sandbox, controlUrl, folder } = running;
  const here = (path: string): string => {
    const near = relative(process.cwd(), path) || '.';
    return near.startsWith('..') ? path : near;
  };
  const addresses = [
    ['gateway', `${written.baseUrl}/stu3`, `token endpoint ${written.baseUrl}/oauth/token`],
    ['operators', `${written.opsUrl}/health/ready`, `settings ${here(written.settingsFile)}`],
    ['EPD', sandbox.epd.baseUrl, hospital.name],
    ['ECD', sandbox.ecd.baseUrl, nursingHome.name],
    ['switches', controlUrl, 'GET /ecd/log, /ecd/notifications, /epd/callbacks; PUT /ecd/faults'],
  ];
  const clients = [hospital, nursingHome, bystander].map((who) => [
    who.name,
    `client ${clientIdOf(who)}`,
    `URA ${who.ura}`,
    `key ${here(keyFileOf(folder, who.id))}`,
  ]);
  const flag = here(folder) === '.sluis-sandbox' ? '' : ` --folder ${here(folder)}`;
  return [
    ...aligned(addresses),
    '',
    ...aligned(clients),
    '',
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
    '',
    'Try a map while you edit it (GET lists the maps, and what does not compile):',
    `  curl ${controlUrl}/maps/handover-json-to-stu3 --data-binary @FILE`,
    '',
    'Your own system takes part with --participants FILE. Ctrl-C ends.\n',
  ];
}
