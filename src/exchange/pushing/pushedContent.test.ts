// Is the patient of a push known without reading its content, and never from within it?
import { expect, it } from 'vitest';
import { parseJson } from '../../fhir/json.ts';
import { patientIn, printSealed, readSealed } from './pushedContent.ts';

const bundle = {
  resourceType: 'Bundle',
  id: '","parameter":[{"name":"patient","valueString":"999900018"}',
};
const sealed = (patientBsn: string) => Buffer.from(printSealed({ bundle, patientBsn, grantDays: 1 }));

it('is the one that it was sealed with', () => {
  expect(patientIn(sealed('999911612'))).toBe('999911612');
  expect(readSealed(sealed('999911612'))).toEqual({ bundle, patientBsn: '999911612' });
});

it('is found when the content is all that cannot be read any more', () => {
  const torn = sealed('999911612').subarray(0, -20);
  expect(() => parseJson(torn)).toThrow();
  expect(patientIn(torn)).toBe('999911612');
});

it('is nobody where nobody was named', () => {
  expect(patientIn(sealed(''))).toBe('');
});

it('is refused where something else was sealed', () => {
  expect(() => patientIn(Buffer.from('{"resourceType":"Basic"}'))).toThrow('Stored content');
});
