// Is nothing of an element read when a part of it cannot be?
import { expect, it } from 'vitest';
import { looksLike, readCodings, type Vocabulary } from './vocabulary.ts';

const system = 'urn:categories';
const open: Vocabulary = { systems: new Set([system]), looks: looksLike.dataCategory, has: () => true };
const one = { system, code: 'GGC002' };
const other = { system: 'urn:other', code: '59284-0' };

it.each([
  [[one], [one]],
  [[one, other], [one]],
  [[other], []],
  [[{ code: 'x' }], []],
])('of %j is read %j', (codings, read) => {
  expect(readCodings(codings, open)).toEqual(read);
});

it.each<[{ system?: string; code?: string }[]]>([
  [[]],
  [[{ system }]],
  [[one, { system }]],
  [[one, { system, code: '' }]],
  [[one, { code: 'GGC013' }]],
  [[one, { system: 'urn:categories:2', code: ' ggc013' }]],
])('nothing is read of %j', (codings) => {
  expect(readCodings(codings, open)).toBeUndefined();
});

it('nothing is read of a code that is not in the vocabulary', () => {
  expect(readCodings([one], { ...open, has: (code) => code !== 'GGC002' })).toBeUndefined();
});
