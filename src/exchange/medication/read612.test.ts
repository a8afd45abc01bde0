// What do 6.12 dispense lists become?
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { parseXmlSource } from '../../mapping/xmlSource.ts';
import { consolidate } from './consolidate.ts';
import { type Dispensed, dispenseList, interval } from './fixtures612.ts';
import { hl7Time } from './hl7Times.ts';
import { momentMeant } from './moments.ts';
import { read612 } from './read612.ts';
import { parseMedication, readMedication } from './readContent.ts';

const bsn = '999911120';
const one: Dispensed = { id: 'd1', on: '20231201', prk: '3956', hpk: '7', name: 'Enalapril', days: 30 };
const read = (text: string) => readMedication([parseMedication(Buffer.from(text))], 'legacy');
const list = (...dispenses: Dispensed[]) => read(dispenseList(bsn, dispenses));
const at = momentMeant('2024-01-15') ?? 0;
const overview = (...dispenses: Dispensed[]) => {
  const { blocks, findings } = list(...dispenses);
  return consolidate([{ holder: 'legacy', outcome: 'answered', blocks, findings }], { at });
};

describe('a 6.12 dispense', () => {
  it('is an administration agreement and a dispense, with identifiers made by the rule of the standard', () => {
    const { blocks, patients } = list({ ...one, prescription: 'rx1' });
    expect([...patients]).toEqual([`http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`]);
    expect(blocks.map(({ kind, record }) => [kind, record])).toEqual([
      ['TA', 'urn:oid:1.3.6.1.4.1.58606.1.1.1.2.3.4|d1'],
      ['MVE', 'urn:oid:1.2.3.4|d1'],
    ]);
    expect(blocks.map(({ treatment }) => treatment)).toEqual(
      Array(2).fill('urn:oid:2.16.840.1.113883.2.4.3.11.61.2|3956'),
    );
    expect(blocks[0]).toMatchObject({
      relations: { MA: ['urn:oid:1.2.3.9|rx1'] },
      dosage: '1 x per dag 1 tablet',
      route: { display: 'Oraal' },
      author: { organisation: 'Apotheek Oud' },
      medicine: { text: 'Enalapril' },
    });
  });
  it('is under its HPK without a PRK, and under itself without both', () => {
    const { prk: _, ...noPrk } = one;
    const { hpk: __, ...bare } = noPrk;
    expect(list(noPrk).blocks[0]?.treatment).toBe('urn:oid:2.16.840.1.113883.2.4.3.11.61.3|7');
    expect(list(bare).blocks[0]?.treatment).toBe('urn:oid:1.3.6.1.4.1.58606.1.2.1.2.3.4|d1');
  });
  it.each([
    ['<low value="20231201"/><width value="14" unit="d"/>', '2023-12-01', '2023-12-14T23:59:59+01:00'],
    ['<low value="20231201"/><high value="20231220"/>', '2023-12-01', '2023-12-20'],
    ['<width value="14" unit="d"/>', undefined, undefined],
    ['<low value="20231201"/>', '2023-12-01', undefined],
  ])('has the period of its schedule: %s', (inside, start, end) => {
    const [block] = list({ ...one, schedule: interval(inside) }).blocks;
    expect([block?.period.startText, block?.period.endText]).toEqual([start, end]);
  });
  it('starts at the one moment at which it is to be used', () => {
    const [block] = list({ ...one, schedule: '<effectiveTime value="20231205"/>' }).blocks;
    expect(block?.period.startText).toBe('2023-12-05');
  });
  it('does not count when it was nullified', () => {
    expect(overview({ ...one, status: 'nullified' }).current).toEqual([]);
  });
});

describe('a list of dispenses', () => {
  it('shows the last dispense of a product as current, the earlier one as history', () => {
    const { current, history } = overview(one, { ...one, id: 'd2', on: '20240105' });
    expect(current.map(({ records }) => records)).toEqual([['urn:oid:1.3.6.1.4.1.58606.1.1.1.2.3.4|d2']]);
    expect(history.map(({ record }) => record)).toContain('urn:oid:1.3.6.1.4.1.58606.1.1.1.2.3.4|d1');
  });
  it('keeps a medicine whose supply has run out, and says so', () => {
    const { current, findings } = overview(one);
    expect(current).toHaveLength(1);
    expect(findings.map(({ rule }) => rule)).toContain('supply-ended');
    expect(overview({ ...one, days: 90 }).findings.map(({ rule }) => rule)).not.toContain('supply-ended');
  });
  it('is told to be incomplete when the pharmacy has more', () => {
    const { findings } = read(dispenseList(bsn, [one], { rest: 3 }));
    expect(findings).toMatchObject([{ rule: 'list-incomplete', detail: '3' }]);
  });
  it('may be empty', () => {
    expect(read(dispenseList(bsn, [])).blocks).toEqual([]);
  });
  it('is refused when it reports an error', () => {
    expect(() => read(dispenseList(bsn, [], { result: 'QE' }))).toThrow('reports an error');
  });
  it('is not what any other XML is', () => {
    expect(() => read('<a><b/></a>')).toThrow();
  });
});

describe('a broken list', () => {
  const whole = parseXmlSource(
    Buffer.from(
      dispenseList(bsn, [
        { ...one, schedule: interval('<low value="20231201"/><width value="14" unit="d"/>') },
        { ...one, id: 'd2', schedule: '<effectiveTime value="20231205"/>' },
      ]),
    ),
  );
  const paths: string[][] = [];
  const walk = (node: unknown, path: string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof node === 'object' && node !== null)
      for (const [name, child] of Object.entries(node)) walk(child, [...path, name]);
  };
  walk(whole, []);
  const withValue = (path: readonly string[], value: unknown): Record<string, unknown> => {
    const copy = structuredClone(whole) as Record<string, unknown>;
    let at = copy;
    for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
    return copy;
  };
  const broken = fc
    .tuple(fc.constantFrom(...paths), fc.anything({ maxDepth: 2 }))
    .map(([path, value]) => withValue(path, value));
  it('is read where what stands for a word prints as none', () => {
    const { blocks } = read612([{ document: whole }], 'legacy');
    const none = { toString: '' };
    for (const path of [
      'acknowledgement typeCode',
      'ControlActProcess queryAck resultRemainingQuantity value',
    ])
      expect(read612([{ document: withValue(path.split(' '), none) }], 'legacy').blocks, path).toEqual(
        blocks,
      );
  });
  it('is read or refused by name, whatever stands where something else should', () => {
    fc.assert(
      fc.property(broken, (document) => {
        try {
          const { blocks } = read612([{ document }], 'legacy');
          consolidate([{ holder: 'legacy', outcome: 'answered', blocks }], { at });
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a time of HL7v3', () => {
  it.each([
    ['2023', '2023'],
    ['20231201', '2023-12-01'],
    ['202312010830', '2023-12-01T08:30:00'],
    ['20231201083015.123+0100', '2023-12-01T08:30:15+01:00'],
    ['yesterday', 'yesterday'],
    [undefined, undefined],
  ])('%s is %s', (text, meant) => expect(hl7Time(text)).toBe(meant));
});
