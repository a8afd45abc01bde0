// Is a building block found by each of its identifiers, and never by one that others have too?
import { describe, expect, it } from 'vitest';
import type { Block } from './block.ts';
import { consolidate } from './consolidate.ts';
import { at, block, key, overviewOf, rulesOf, told } from './fixtures.ts';
import { latestStops } from './latestStops.ts';
import { readFhir } from './readFhir.ts';
import { search } from './search.ts';

const known = (one: Block, ...names: string[]): Block => ({ ...one, aliases: names.map(key) });

const start = { at: '2023-06-01', from: '2023-06-01', dosage: 'same' };
const local = known(block('MA', 'local', start), 'business');
const stop = block('MA', 'stop', {
  at: '2023-12-20',
  from: '2023-06-02',
  to: '2023-12-20',
  stop: 'stopped',
  prior: 'business',
});

describe('a further identifier', () => {
  it('is read', () => {
    const identifier = [
      { system: 'urn:oid:2.999.7', value: 'local' },
      { system: 'urn:oid:2.999.1', value: 'business' },
    ];
    const category = [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }];
    const resource = { resourceType: 'MedicationRequest', identifier, category };
    expect(readFhir([{ resource }], 'one').blocks).toMatchObject([
      { record: 'urn:oid:2.999.7|local', aliases: ['urn:oid:2.999.1|business'] },
    ]);
  });

  it('leads a stop, and what belongs to an agreement, to it', () => {
    expect(told(overviewOf([local, stop]))).toEqual(['ended: stop']);
    const ta = block('TA', 'ta', { ...start, of: 'business' });
    const overview = overviewOf([local, ta]);
    expect(told(overview)).toEqual(['current: local + ta']);
    expect(rulesOf(overview)).toEqual([]);
  });

  it('that several blocks have leads nowhere', () => {
    const other = known(block('MA', 'other', { ...start, at: '2023-07-01', from: '2023-07-01' }), 'business');
    const overview = overviewOf([local, other, stop]);
    expect(told(overview)).toEqual(['current: other']);
    expect(rulesOf(overview)).toEqual(expect.arrayContaining(['several-in-force', 'stop-unresolved']));
  });

  it('finds the block, and its stops with it', () => {
    const wanted = [
      ['identifier', key('business')],
      ['period-of-use', 'ge2024-01-01'],
    ] as const;
    expect(search([local, stop], 'MedicationRequest', wanted)).toEqual([local]);
    const [period] = wanted.slice(1);
    const asked = [period!, ['is-latest-stop', 'true'] as const];
    const later = block('MA', 'later', { ...start, at: '2023-12-30', stop: 'stopped', prior: 'elsewhere' });
    expect(search([local, stop, later], 'MedicationRequest', asked)).toContain(stop);
    const taken = known({ ...stop, record: key('x') }, 'stop');
    const undo = block('MA', 'undo', { at: '2023-12-21', stop: 'cancelled', prior: 'stop' });
    expect(latestStops([local, taken, undo])).toEqual([undo]);
  });
});

describe('two holders', () => {
  const answers = (two: Block) => [
    { holder: 'one', outcome: 'answered' as const, blocks: [local] },
    { holder: 'two', outcome: 'answered' as const, blocks: [{ ...two, holder: 'two' }, stop] },
  ];

  it('that know one block by different identifiers of it have one block', () => {
    const overview = consolidate(answers(block('MA', 'business', start)), { at: at('2024-01-01') });
    expect(told(overview)).toEqual(['ended: stop']);
    expect(overview.history.find(({ rule }) => rule === 'stopped-by')?.holders).toEqual(['one', 'two']);
    expect(overview.history).toHaveLength(1);
  });

  it('that give one number to what differs have two', () => {
    const other = known(block('MA', 'other', { ...start, dosage: 'another' }), 'business');
    const overview = consolidate(answers(other), { at: at('2023-12-01'), knownAt: at('2023-12-01') });
    expect(rulesOf(overview)).toContain('several-in-force');
  });
});
