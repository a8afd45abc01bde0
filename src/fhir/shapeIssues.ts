// How is each fault of shape told? One row per rule, in Dutch and English; never with a value from the content.
import type { Issue } from '../model.ts';

const texts = {
  'resource-type': ['Het soort resource is onbekend of ontbreekt', 'The resource type is unknown or missing'],
  'unknown-element': ['Dit element bestaat hier niet', 'There is no such element here'],
  'not-object': ['Hier hoort een object', 'An object belongs here'],
  'not-list': ['Hier hoort een lijst', 'An array belongs here'],
  'not-single': ['Hier hoort één waarde, geen lijst', 'One value belongs here, not an array'],
  'empty-object': ['Een object mag niet leeg zijn', 'An object must not be empty'],
  'empty-list': ['Een lijst mag niet leeg zijn', 'An array must not be empty'],
  null: ['null mag hier niet', 'null is not allowed here'],
  pairing: [
    'De lijsten van waarden en extensies passen niet bij elkaar',
    'The arrays of values and extensions do not match',
  ],
  choice: [
    'Er is meer dan één waarde voor dit keuze-element',
    'There is more than one value for this choice element',
  ],
  minimum: ['Dit verplichte element ontbreekt', 'This required element is missing'],
  maximum: ['Dit element komt te vaak voor', 'This element occurs too often'],
  'json-type': ['De waarde heeft het verkeerde JSON-type', 'The value has the wrong JSON type'],
  format: ['De waarde heeft niet de vorm van dit type', 'The value does not have the format of this type'],
  range: ['Het getal valt buiten het bereik van dit type', 'The number is outside the range of this type'],
  empty: ['Een tekst mag niet leeg zijn', 'A text must not be empty'],
  'too-long': ['De tekst is langer dan 1 MB', 'The text is longer than 1 MB'],
  characters: [
    'De tekst heeft tekens die FHIR niet toestaat',
    'The text has characters that FHIR does not allow',
  ],
  date: [
    'Deze datum of tijd bestaat niet of is verkeerd geschreven: 2024-01-31, 2024-01-31T10:00:00+01:00 (met seconden en zone)',
    'This date or time does not exist or is written wrongly: 2024-01-31, 2024-01-31T10:00:00+01:00 (with seconds and zone)',
  ],
  base64: ['De waarde is geen geldige base64', 'The value is not valid base64'],
  'base64-padding': [
    'De base64 heeft geen opvulling (=) aan het eind',
    'The base64 lacks its padding (=) at the end',
  ],
  'id-length': ['De id is langer dan 64 tekens', 'The id is longer than 64 characters'],
  narrative: ['De tekst is geen XHTML in een div', 'The text is not XHTML in a div'],
  reference: ['De verwijzing heeft geen geldige vorm', 'The reference does not have a valid form'],
  extension: [
    'Een extensie heeft een waarde of extensies, niet beide',
    'An extension has a value or extensions, not both',
  ],
  code: ['De code staat niet in de verplichte lijst', 'The code is not in the required value set'],
  depth: ['De inhoud is te diep genest', 'The content is nested too deeply'],
  'too-many': [
    'Er zijn te veel fouten; verder is er niet gekeken',
    'There are too many errors; the rest was not looked at',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type ShapeRule = keyof typeof texts;

const issueCodes: Partial<Record<ShapeRule, string>> = {
  minimum: 'required',
  format: 'value',
  range: 'value',
  date: 'value',
  base64: 'value',
  characters: 'value',
  'too-long': 'too-long',
  'base64-padding': 'value',
  'id-length': 'value',
  reference: 'value',
  extension: 'invariant',
  code: 'code-invalid',
  'too-many': 'too-costly',
};

const warnings: ReadonlySet<ShapeRule> = new Set(['code', 'base64-padding', 'id-length']);

export const isWarning = (rule: ShapeRule): boolean => warnings.has(rule);

/** One finding; the expression is FHIRPath. */
export function shapeIssue(rule: ShapeRule, expression: string): Issue {
  const [nl, en] = texts[rule];
  return {
    severity: isWarning(rule) ? 'warning' : 'error',
    code: issueCodes[rule] ?? 'structure',
    text: { nl, en },
    expression: [expression],
    rule: `shape-${rule}`,
  };
}
