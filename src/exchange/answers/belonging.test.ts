// Whose is a resource, by each way in which it can say so? What names a patient who is not shown is nobody's.
import { expect, test } from 'vitest';
import { testBsns } from '../../../tests/world/cast.ts';
import { bsnSystem } from '../../fhir/identifiers.ts';
import type { FhirResource } from '../../model.ts';
import { type Belonging, readAnswer } from './belonging.ts';

const number = (value: string) => ({ system: bsnSystem, value });
const person = (id: string, ...numbers: string[]): FhirResource => ({
  resourceType: 'Patient',
  id,
  identifier: numbers.map(number),
});
const shown = [person('own', testBsns.yes), person('other', testBsns.no), person('numberless')];
const two = person('two', testBsns.yes, testBsns.no);
const at = (reference: string) => ({ reference });
const inside = (one: FhirResource) => ({ contained: [one] });

test.each<[string, object, Belonging]>([
  ['nobody', {}, 'bare'],
  ['a practitioner', { performer: [at('Practitioner/x')] }, 'bare'],
  ['the patient', { subject: at('Patient/own') }, 'own'],
  [
    'an id of this answer at another server',
    { subject: at('https://other.example/fhir/Patient/own') },
    'unproven',
  ],
  ['the patient, by number', { subject: { identifier: number(testBsns.yes) } }, 'own'],
  ['another', { subject: at('Patient/other') }, 'other'],
  ['another, by number', { subject: { identifier: number(testBsns.no) } }, 'other'],
  ['another beside the patient', { subject: at('Patient/own'), focus: at('Patient/other') }, 'other'],
  ['a patient without a number', { subject: at('Patient/numberless') }, 'unproven'],
  ['a patient who is not in the answer', { subject: at('Patient/gone') }, 'unproven'],
  ['a patient who is not in the answer, elsewhere than as subject', { for: at('Patient/gone') }, 'unproven'],
  ['a patient by type and another number', { for: { type: 'Patient', identifier: {} } }, 'unproven'],
  [
    'a patient who is not in the answer beside the patient',
    { subject: at('Patient/own'), for: at('Patient/gone') },
    'unproven',
  ],
  ['by name alone', { subject: { display: 'A. Proef' } }, 'unproven'],
  ['somebody inside it', { subject: at('#p'), ...inside(person('p', testBsns.yes)) }, 'own'],
  ['nobody, with another inside it', inside(person('p', testBsns.no)), 'other'],
])('names %s', (_, more, belonging) => {
  const resource: FhirResource = { resourceType: 'Task', id: 't', ...more };
  expect(readAnswer([...shown, resource], testBsns.yes).belongingOf(resource)).toBe(belonging);
});

test('each Patient is judged by its own numbers, and two under one id prove nothing', () => {
  const { belongingOf } = readAnswer([...shown, two], testBsns.yes);
  expect([...shown, two].map(belongingOf)).toEqual(['own', 'other', 'unproven', 'other']);
  const task: FhirResource = { resourceType: 'Task', id: 't', for: at('Patient/own') };
  const doubled = [...shown, person('own', testBsns.no), task];
  expect(readAnswer(doubled, testBsns.yes).belongingOf(task)).toBe('other');
});
