// What in a handover's content must be told, wherever it stands? Rules, modifiers, tags and other patients' numbers.
import type { Issue } from '../../model.ts';
import { knownModifierExtensions } from './codes.ts';
import { finding } from './findings.ts';
import type { Entry } from './parcel.ts';
import { bsnOf } from './patient.ts';

/** Where the walk is: the names and indices from the entry's resource down to here. */
export type Spot = {
  entry: Entry;
  trail: readonly (string | number)[];
  patientBsn: string | undefined;
  issues: Issue[];
};

const aboutPatient = new Set(['subject', 'patient', 'beneficiary']);

const noticed: ReadonlyMap<string, (spot: Spot, value: unknown) => void> = new Map([
  ['implicitRules', (spot) => spot.issues.push(finding('handover-implicit-rules', [here(spot)]))],
  [
    'modifierExtension',
    (spot, value) => {
      const list = Array.isArray(value) ? (value as { url?: unknown }[]) : [];
      if (list.some((one) => !knownModifierExtensions.has(String(one?.url)))) {
        spot.issues.push(finding('handover-modifier', [here(spot)]));
      }
    },
  ],
  [
    'tag',
    (spot, value) => {
      if (spot.trail[0] !== 'meta' || !Array.isArray(value)) return;
      if (value.some((one: { code?: unknown } | null) => one?.code === 'SUBSETTED')) {
        spot.issues.push(finding('handover-subsetted', [here(spot)]));
      }
    },
  ],
  [
    'identifier',
    (spot, value) => {
      // Reference.identifier of the one whom it is about: it must be this patient's
      if (!aboutPatient.has(String(spot.trail.at(-2))) || spot.patientBsn === undefined) return;
      const bsn = bsnOf({ identifier: value });
      if (bsn !== undefined && bsn !== spot.patientBsn) {
        spot.issues.push(finding('handover-one-patient', [here(spot)]));
      }
    },
  ],
]);

/** Looks at one element by its name; what must be told goes to `spot.issues`. */
export function notice(spot: Spot, key: string, value: unknown): void {
  noticed.get(key)?.(spot, value);
}

/** The place as FHIRPath from the root of the message. */
export function here(spot: Pick<Spot, 'entry' | 'trail'>): string {
  let path = spot.entry.place;
  for (const step of spot.trail) path += typeof step === 'number' ? `[${step}]` : `.${step}`;
  return path;
}
