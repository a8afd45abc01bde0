// How is it told that a question cannot be put? One row per rule; never with a value from the question.
import type { Issue } from '../../model.ts';

const texts = {
  'parameters-missing': [
    'De vraag hoort in een Parameters-resource',
    'The question belongs in a Parameters resource',
  ],
  'parameter-unknown': [
    'Deze parameter bestaat hier niet; de OperationDefinition noemt ze',
    'There is no such parameter here; the OperationDefinition lists them',
  ],
  'parameter-repeated': ['Deze parameter mag één keer', 'This parameter may be given once'],
  'value-type': [
    'Deze parameter heeft een waarde van een ander type',
    'This parameter has a value of another type',
  ],
  'value-empty': ['De waarde is leeg', 'The value is empty'],
  'value-shape': ['De waarde is geen code of id', 'The value is no code or id'],
  'identifier-incomplete': [
    'Een identificatie heeft een system en een value',
    'An identifier has a system and a value',
  ],
  'code-system': ['Deze code komt uit een ander codestelsel', 'This code is of another code system'],
  'moment-unreadable': ['Dit is geen datum of tijd', 'This is no date or time'],
  'moment-range': ['Deze datum ligt te ver weg', 'This date is too far away'],
  'patient-missing': [
    'De patiënt ontbreekt: `patient` met een BSN als valueIdentifier',
    'The patient is missing: `patient` with a BSN as valueIdentifier',
  ],
  'patient-identifier': [
    'De patiënt is een valueIdentifier met system en value',
    'The patient is a valueIdentifier with system and value',
  ],
  'patient-system': [
    'De patiënt wordt met het BSN genoemd: system http://fhir.nl/fhir/NamingSystem/bsn',
    'The patient is named by BSN: system http://fhir.nl/fhir/NamingSystem/bsn',
  ],
  'patient-bsn': [
    'Dit is geen geldig BSN: negen cijfers, met de nullen vooraan, die de elfproef doorstaan',
    'This is no valid BSN: nine digits, leading zeros included, that pass the 11-check',
  ],
  'bsn-misplaced': ['Een BSN hoort alleen in `patient`', 'A BSN belongs in `patient` alone'],
  'differs-from-token': ['Dit is anders dan wat het token zegt', 'This differs from what the token says'],
  'role-without-person': [
    'Een rol zonder de zorgverlener van wie die is',
    'A role without the professional who has it',
  ],
} as const satisfies Record<string, readonly [nl: string, en: string]>;

export type AskingRule = keyof typeof texts;

/** @param place such as `Parameters.parameter[2]` */
export function askingIssue(rule: AskingRule, place: string): Issue {
  const [nl, en] = texts[rule];
  return { severity: 'error', code: 'value', rule, text: { nl, en }, expression: [place] };
}
