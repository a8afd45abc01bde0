// Do R4 resources made of 6.12 dispenses say the same as the dispenses?
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { checkShape } from '../../fhir/shape.ts';
import type { Block } from './block.ts';
import { dispenseResources } from './dispenseResources.ts';
import { dispenseList, interval } from './fixtures612.ts';
import { parseMedication, readMedication } from './readContent.ts';

const list = dispenseList('999911120', [
  {
    id: 'd1',
    on: '202312010830',
    prk: '3956',
    name: 'Enalapril',
    days: 30,
    prescription: 'rx',
    schedule: interval('<low value="20231201"/><width value="14" unit="d"/>'),
  },
  { id: 'd2', on: '20231220', name: 'Onbekend', status: 'nullified' },
]);
const said = ({ kind, record, treatment, registered, period, relations, medicine, ...rest }: Block) => ({
  kind,
  record,
  treatment,
  registered: kind === 'TA' ? registered?.start : undefined,
  period: [period.start, period.end],
  relations,
  codes: medicine.codes.map(({ code }) => code),
  dosage: rest.dosage,
  route: rest.route?.code,
  author: rest.author?.organisation,
  done: rest.done?.start,
  wrong: rest.enteredInError,
});

describe('an R4 resource made of a dispense', () => {
  const { blocks } = readMedication([parseMedication(Buffer.from(list))], 'h');
  const placed = blocks.flatMap(dispenseResources);
  it('is read back as the same block', () => {
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: placed };
    const back = readMedication([{ form: 'fhir', content: { resource: bundle } }], 'h').blocks;
    expect(back.map(said)).toEqual(blocks.map(said));
    expect(back).toHaveLength(4);
  });
  it('has the structure of its type, and an address of its own', () => {
    for (const { resource } of placed) expect(checkShape(resource, 'r4')).toEqual([]);
    expect(new Set(placed.map(({ fullUrl }) => fullUrl)).size).toBe(placed.length);
  });
});
