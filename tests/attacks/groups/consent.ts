// Group C: is there a way round the patient's consent?
import type { Group } from '../attack.ts';
import { consentDoors } from './consentDoors.ts';
import { consentGlass } from './consentGlass.ts';
import { consentInputs } from './consentInputs.ts';
import { consentLinks } from './consentLinks.ts';
import { consentMemory } from './consentMemory.ts';
import { consentNearMisses } from './consentNearMisses.ts';
import { consentOwn } from './consentOwn.ts';
import { consentPages } from './consentPages.ts';
import { consentQuiet } from './consentQuiet.ts';
import { consentReads } from './consentReads.ts';

export const consent: Group = {
  id: 'C',
  title: 'consent and permit bypass',
  cases: [
    ...consentReads,
    ...consentNearMisses,
    ...consentPages,
    ...consentDoors,
    ...consentMemory,
    ...consentInputs,
    ...consentLinks,
    ...consentGlass,
    ...consentOwn,
    ...consentQuiet,
  ],
};
