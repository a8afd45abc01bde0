// Which parameters does an operation take and give? The kinds by which they are read, as an OperationDefinition lists them.
// https://hl7.org/fhir/R4/operationdefinition.html
import type { OperationParameter } from '../exchange.ts';
import { always, type MoreParameters } from './asking.ts';
import { typesOf } from './askingValues.ts';

const meanings: Readonly<Record<string, string>> = {
  patient: 'Of whom: the BSN with its system; a BSN stands nowhere else.',
  at: 'The moment to look from; a day counts to its end. Absent: now.',
  purposeOfUse: 'Why it is asked, as a v3 ActReason; what the token says may not differ.',
  practitioner: 'Who asks.',
  role: 'The role of who asks, as a UZI role code.',
  mandatedBy: 'For whom the practitioner asks.',
  mandatedByRole: 'The role of whom the practitioner asks for.',
  breakGlass: 'The grant that opens the record in an emergency.',
  exchange: 'For which exchange the caller has records.',
  answer: 'The form of the answer.',
  link: 'Whether a page is wanted too, behind a link that opens once.',
  since: 'From when use is shown.',
  endedMonths: 'How many months ended agreements stay in sight.',
  useMonths: 'How many months of use are shown.',
  receiver: 'To which organisation.',
  case: 'What the sender calls this push; the same again is a new version.',
};

const typeNamed = (type: string): string =>
  type === 'Identifier' ? type : `${type.charAt(0).toLowerCase()}${type.slice(1)}`;

/** The parameters that are read by these kinds: each at most once, with its first type; the others are told. */
export const takenBy = (kinds: MoreParameters, required: readonly string[]): readonly OperationParameter[] =>
  Object.entries(kinds).map(([name, kind]) => {
    const [first = '', ...others] = typesOf[kind];
    const also = others.length === 0 ? '' : ` Also as ${others.map((type) => `value${type}`).join(' or ')}.`;
    return {
      name,
      type: typeNamed(first),
      min: required.includes(name) ? 1 : 0,
      documentation: `${meanings[name] ?? ''}${also}`.trim(),
    };
  });

/** Those of an operation that retrieves: the ones that all have, then its own. */
export const askedBy = (
  more: MoreParameters = {},
  required: readonly string[] = ['patient'],
): readonly OperationParameter[] => takenBy({ ...always, ...more }, required);

/** What comes back. */
export const gives = (name: string, type: string, documentation: string): OperationParameter => ({
  name,
  type,
  use: 'out',
  min: 1,
  documentation,
});
