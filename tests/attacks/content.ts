// What do the attacks push? A complete handover of a person who does not exist, with words that a scan can find again.
import type { FhirResource } from '../../src/model.ts';
import { type HandoffOptions, nursingHandoff, resourceIn } from '../world/nursingHandoff.ts';
import { ecdB, epd } from './cast.ts';

/** Every word of the patients: none may stand in a log, a metric, a notification or in the clear in a database. */
export const patients = {
  yes: { bsn: '999911612', family: 'Kwartelveen', street: 'Zilverreigerstraat' },
  no: { bsn: '999900018', family: 'Waterhoenstra', street: 'Roerdompkade' },
  other: { bsn: '999990196', family: 'Rietzangerink', street: 'Karekietpad' },
  // groups C, M and F: whom each is for, see regionRecords.ts
  nil: { bsn: '999940065', family: 'Boomvalkema', street: 'Wielewaalsteeg' },
  mix: { bsn: '999940399', family: 'Kluutsma', street: 'Grutterslaan' },
  turn: { bsn: '999940727', family: 'Smientjes', street: 'Tapuitstraat' },
  cache: { bsn: '999941069', family: 'Goudplevierstra', street: 'Sijsjesdreef' },
  swift: { bsn: '999941392', family: 'Gierzwaluwman', street: 'Putterhof' },
  glass: { bsn: '999941719', family: 'Torenvalkhuis', street: 'Kneuplein' },
  own: { bsn: '999942049', family: 'Bergeendsma', street: 'Vinkenbaan' },
  told: { bsn: '999942372', family: 'Nachtegaalman', street: 'Meeszijde' },
  kept: { bsn: '999942700', family: 'Oeverloperink', street: 'Snippenweg' },
} as const;
export const diagnosisWord = 'femurkopbreuk';

export type Content = Omit<HandoffOptions, 'bsn'> & { patient?: keyof typeof patients };

let count = 0;
/** A case identifier that no other push has. */
export const newCase = (): string => `attack-${process.pid}-${++count}`;

export function handoff(options: Content = {}): FhirResource {
  const { patient = 'yes', ...rest } = options;
  const who = patients[patient];
  const bundle = nursingHandoff({
    sender: epd,
    receiver: ecdB,
    case: newCase(),
    diagnosis: `${diagnosisWord} links`,
    ...rest,
    bsn: who.bsn,
  });
  const person = resourceIn(bundle, 'Patient/pat-1');
  person.name = [{ family: who.family, given: ['Ottoline'] }];
  person.address = [{ line: [`${who.street} 12`], city: 'Vogeldorp' }];
  person.text = {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${who.family}</p></div>`,
  };
  return bundle;
}

/** The handover with one resource changed. */
export function changed(
  key: string,
  change: (resource: FhirResource, bundle: FhirResource) => void,
  options: Content = {},
): FhirResource {
  const bundle = handoff(options);
  change(resourceIn(bundle, key), bundle);
  return bundle;
}

export const rowsOf = (bundle: FhirResource): Record<string, unknown>[] =>
  bundle.entry as Record<string, unknown>[];

/** What must not be found outside sealed content. */
export const secretWords: readonly string[] = [
  ...Object.values(patients).flatMap(({ family, street }) => [family, street]),
  diagnosisWord,
  'Ottoline',
  'Vogeldorp',
  'Vermelding',
];
export const bsns: readonly string[] = Object.values(patients).map(({ bsn }) => bsn);
