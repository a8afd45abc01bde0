// Does a digest hold what a card needs of one holder, of this patient alone, and say when it does not hold all?
import { expect, test } from 'vitest';
import { bsn, changed, codes, otherBsn, patient, r4Directive } from '../../../tests/world/wishes.ts';
import { digestForCard, mostResources } from './cardDigest.ts';

const order = { kind: 'card', holderName: 'Huisarts', at: new Date('2026-05-01T10:00:00Z'), bsn } as const;
const directive = (key: string) => r4Directive(key, 'deny', '2025-01-01');

test('what a resource says counts for the patient who was asked about', () => {
  const stranger = patient(otherBsn, 'p2');
  const theirs = changed(directive(codes.icu), { patient: { reference: 'Patient/p2' } });
  const { reading, count } = digestForCard(order, [patient(), stranger, theirs, directive(codes.cpr)]);
  expect(reading.found.records).toMatchObject([{ key: 'cpr', holder: 'Huisarts', decision: 'do_not' }]);
  expect(reading.leftOut).toBe(1);
  expect(reading.patient?.bsn).toBe(bsn);
  expect(count).toBe(4);
});

test('one resource too many is told, and not read', () => {
  const many = Array.from({ length: mostResources - 1 }, (_, at) =>
    changed(directive(codes.cpr), { id: `d${at}` }),
  );
  expect(digestForCard(order, [patient(), ...many]).tooMany).toBe(false);
  const more = digestForCard(order, [patient(), ...many, changed(directive(codes.icu), { id: 'last' })]);
  expect(more).toMatchObject({ tooMany: true, count: mostResources + 1 });
  expect(more.reading.found.records.some(({ key }) => key === 'icu')).toBe(false);
});
