// Writes docs/configuration.md anew from the settings' schemas: `npm run docs`.
import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/document.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
