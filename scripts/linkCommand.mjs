// Makes `npx sluis` work in a checkout: a command beside the others of node_modules/.bin that runs src/cli.ts on the pinned Node.
// Runs after `npm ci`, so it is plain JavaScript for whatever Node is installed.
import { chmodSync, existsSync, writeFileSync } from 'node:fs';

const folder = new URL('../node_modules/.bin/', import.meta.url);
const command = new URL('sluis', folder);
if (existsSync(folder)) {
  writeFileSync(
    command,
    '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec "$here/node" --max-semi-space-size=8 "$here/../../src/cli.ts" "$@"\n',
  );
  chmodSync(command, 0o755);
}
