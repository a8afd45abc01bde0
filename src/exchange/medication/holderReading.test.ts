// What becomes of what holders give, also when it is not as it should be?
import { describe, expect, it } from 'vitest';
import type { DataEndpoint, FhirResource, Participant } from '../../model.ts';
import type { HolderResult } from '../retrieval.ts';
import { dispenseList } from './fixtures612.ts';
import { readHolders } from './holderReading.ts';

const participant = {
  id: 'h',
  name: 'Holder',
  identifiers: [],
  active: true,
  clients: [],
  endpoints: [],
} satisfies Participant;
const given = (more: Partial<HolderResult>, endpoint = 'e1'): HolderResult => ({
  participant,
  endpoint: { id: endpoint } as DataEndpoint,
  foundBy: ['list'],
  state: 'answered',
  resources: [],
  documents: [],
  withheld: [],
  ...more,
});
const nameless = (id: string): FhirResource => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'unknown',
  intent: 'order',
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
  medicationCodeableConcept: { text: id },
});

describe('a holder', () => {
  it('keeps two blocks without an identifier apart', () => {
    const [reading] = readHolders([given({ resources: [nameless('a'), nameless('b')] })]);
    const records = reading?.answer.blocks.map(({ record }) => record) ?? [];
    expect(new Set(records).size).toBe(2);
  });
  it('that answered in part, or too late but for a part, is told so', () => {
    const late = { state: 'timeout', reason: 'deadline' } as const;
    const some = { resources: [nameless('a')] };
    const outcomes = [given({ ...late }), given({ ...late, ...some }), given({ state: 'partial', ...some })];
    expect(outcomes.map((one) => readHolders([one])[0]?.answer.outcome)).toEqual([
      'silent',
      'partial',
      'partial',
    ]);
  });
  it('whose document cannot be read is told so, and the rest of it counts', () => {
    const good = dispenseList('999911120', [{ id: 'd', on: '20240101', prk: '1', name: 'X' }]);
    const [reading] = readHolders([given({ documents: ['<nonsense/>', good, '<broken'] })]);
    expect(reading?.answer).toMatchObject({ outcome: 'partial', reason: 'not-readable' });
    expect(reading?.answer.blocks).toHaveLength(2);
    const places = reading?.answer.findings?.flatMap((one) => one.places.map(({ path }) => path));
    expect(places).toEqual(expect.arrayContaining(['document[0]', 'document[2]']));
  });
  it('that has more dispenses than it gave answered in part', () => {
    const dispense = { id: 'd', on: '20240101', prk: '1', name: 'X' };
    const outcomeOf = (rest: number) =>
      readHolders([given({ documents: [dispenseList('999911120', [dispense], { rest })] })])[0]?.answer
        .outcome;
    expect([0, 3].map(outcomeOf)).toEqual(['answered', 'partial']);
  });
  it('with two endpoints is two in the overview', () => {
    const keys = readHolders([given({}), given({}, 'e2')]).map(({ key }) => key);
    expect(keys).toEqual(['h/e1', 'h/e2']);
  });
});
