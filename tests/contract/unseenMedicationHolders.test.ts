// What becomes of copies, dangling references, strange modifiers and older spellings? Unseen patients of several holders, by the rules of MP9.
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { FhirResource } from '../../src/model.ts';
import { ada93, ada907 } from '../world/unseenAda.ts';
import { r4Block, r4Bundle, r4Patient, type Told } from '../world/unseenMedication.ts';
import { runSluis, withFiles } from './cardStage.ts';
import { overviewOf, pastIn, rulesIn, toldLines } from './overviewStage.ts';

const start = { from: '2023-12-01T08:00:00+01:00' };
const first: Told = { id: 'MA1', ...start };
const stop: Told = { id: 'S', at: '2023-12-20', ...start, to: '2023-12-20', stop: 'stopped', prior: 'MA1' };
const changed = (resource: FhirResource, change: object): FhirResource => ({ ...resource, ...change });
const seen = async (...files: Parameters<typeof overviewOf>[0]) => {
  const overview = await overviewOf(files);
  return [toldLines(overview), rulesIn(overview)] as const;
};

describe('the same building block of two holders', () => {
  it('counts once: the original over a later copy, the later version over the older', async () => {
    const copy = { ...first, copy: true, dosage: 'two', updated: '2023-12-30T00:00:00Z' };
    const original = { ...first, dosage: 'one', updated: '2023-12-01T00:00:00Z' };
    const overview = await overviewOf([r4Bundle([copy]), r4Bundle([original])]);
    expect(overview.current).toMatchObject([{ dosage: 'one' }]);
    expect(overview.current[0]?.blocks[0]?.holders).toHaveLength(2);
    expect(rulesIn(overview)).toEqual(['copy-differs']);
    const later = await overviewOf([
      r4Bundle([original]),
      r4Bundle([{ ...original, dosage: 'three', updated: '2023-12-02T00:00:00Z' }]),
    ]);
    expect(later.current).toMatchObject([{ dosage: 'three' }]);
    expect(rulesIn(later)).toEqual(['duplicate-differs']);
  });

  it('that one of them withdrew is history', async () => {
    expect(await seen(r4Bundle([first]), r4Bundle([{ ...first, error: true }]))).toEqual([
      [],
      expect.arrayContaining(['entered-in-error']),
    ]);
  });

  it('stopped at one holder alone is not current, whichever form each speaks', async () => {
    for (const files of [
      [r4Bundle([first]), ada93([stop])],
      [ada907([first]), r4Bundle([stop])],
      [ada93([stop]), ada907([first]), r4Bundle([first])],
    ])
      expect(toldLines(await overviewOf(files))).toEqual(['ended S']);
  });
});

describe('a relation', () => {
  it('by resource instead of identifier is followed, and one to nothing is told', async () => {
    const byReference = (id: string, reference: string) =>
      changed(r4Block({ ...stop, id }), { priorPrescription: { reference } });
    const bundle = r4Bundle([first]);
    const entry = bundle.entry as object[];
    const withStop = (reference: string) =>
      changed(bundle, {
        entry: [
          ...entry,
          {
            fullUrl: 'https://holder.example/fhir/MedicationRequest/S',
            resource: byReference('S', reference),
          },
        ],
      });
    expect(await seen(withStop('MedicationRequest/MA1'))).toEqual([['ended S'], []]);
    const gone = withStop('MedicationRequest/gone');
    expect(await seen(gone)).toEqual([
      ['ended S'],
      expect.arrayContaining(['dangling-relation', 'stop-by-start']),
    ]);
  });

  it('to itself, with a blank, or round in a circle loses no block and stops what was stopped', async () => {
    const self: Told = { ...stop, prior: 'S' };
    expect((await seen(r4Bundle([first, self])))[0]).toEqual(['ended S']);
    expect((await seen(r4Bundle([first, { ...stop, prior: ' MA1 ' }])))[0]).toEqual(['ended S']);
    const circle = await overviewOf([r4Bundle([{ ...first, prior: 'S' }, stop])]);
    expect([toldLines(circle), rulesIn(circle)]).toEqual([
      ['ended S'],
      expect.arrayContaining(['relation-cycle']),
    ]);
  });
});

describe('a block', () => {
  it('with a modifier that nobody here knows is shown with a warning; a request not to is no agreement', async () => {
    const modifierExtension = [{ url: 'https://vendor.example/negated', valueBoolean: true }];
    const strange = changed(r4Block(first), { modifierExtension });
    expect(await seen(r4Patient, strange)).toEqual([
      ['current MA1'],
      expect.arrayContaining(['modifier-unknown']),
    ]);
    const not = changed(r4Block(first), { doNotPerform: true });
    expect(await seen(r4Patient, not)).toEqual([[], ['not-an-agreement']]);
  });

  it('in the spelling of STU3 has its period and its stop', async () => {
    const zib = 'http://nictiz.nl/fhir/StructureDefinition/zib-';
    const old = (more: object): FhirResource => ({
      resourceType: 'MedicationRequest',
      id: 'old',
      identifier: [{ system: 'urn:oid:2.999.10', value: 'old' }],
      intent: 'order',
      category: { coding: [{ system: 'http://snomed.info/sct', code: '16076005' }] },
      authoredOn: '2023-11-01',
      medicationCodeableConcept: { text: 'Pil' },
      extension: [
        { url: `${zib}Medication-PeriodOfUse`, valuePeriod: { start: '2023-11-01', end: '2023-12-15' } },
        {
          url: `${zib}Medication-MedicationTreatment`,
          valueIdentifier: { system: 'urn:oid:2.999.20', value: 'T' },
        },
      ],
      ...more,
    });
    const code = [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1', code: '1' }];
    const modifierExtension = [{ url: `${zib}Medication-StopType`, valueCodeableConcept: { coding: code } }];
    expect(await seen(old({}))).toEqual([['ended old'], []]);
    expect(await seen(old({ modifierExtension }))).toEqual([['paused old'], []]);
    const lasting = {
      valueDuration: { value: 90, unit: 'dag', code: 'd' },
      url: `${zib}MedicationUse-Duration`,
    };
    const from = { url: `${zib}Medication-PeriodOfUse`, valuePeriod: { start: '2023-11-01' } };
    expect(toldLines(await overviewOf([old({ extension: [from, lasting] })]))).toEqual(['current old']);
    expect(toldLines(await overviewOf([old({ extension: [from, lasting] })], '2024-01-31'))).toEqual([
      'ended old',
    ]);
  });

  it('of an administration agreement before 9.1 is dated by its own date', async () => {
    const url =
      'http://nictiz.nl/fhir/StructureDefinition/ext-AdministrationAgreement.AdministrationAgreementDateTime';
    const block = r4Block({ kind: 'TA', id: 'TA1', at: '', ...start });
    const extension = [...(block.extension as object[]), { url, valueDateTime: '2023-12-01T09:00:00+01:00' }];
    expect(await seen(changed(block, { extension }))).toEqual([['current TA1'], []]);
  });

  it('among loose resources, in a list, or in Parameters is read with its medicine', async () => {
    const loose = entriesOf(r4Bundle([first])).map(({ resource }) => resource);
    const parameters = {
      resourceType: 'Parameters',
      parameter: [{ name: 'return', resource: r4Bundle([first]) }],
    };
    for (const files of [loose, [JSON.stringify(loose)], [parameters]]) {
      const overview = await overviewOf(files);
      expect(overview.current).toMatchObject([{ medicine: 'Pil' }]);
    }
  });
});

describe('a patient of everything at once', () => {
  it('keeps each block somewhere, and the stopped medicine off the current ones', async () => {
    const blocks: Told[] = [
      first,
      stop,
      { kind: 'TA', id: 'TA1', ...start, of: 'MA1' },
      { kind: 'MGB', id: 'MGB1', at: '2023-12-05', ...start },
      { kind: 'MVE', id: 'MVE1', at: '2023-12-01' },
      { kind: 'MTD', id: 'MTD1', at: '2023-12-02T09:00:00+01:00' },
      { id: 'MB1', from: '2023-12-02', t: 'B' },
      { kind: 'MGB', id: 'MC1', at: '2023-12-10', from: '2023-12-10', t: 'C', code: '3' },
    ];
    const overview = await overviewOf([r4Bundle(blocks), ada93(blocks)]);
    expect(toldLines(overview)).toEqual(['current MB1', 'ended S', 'useOnly MC1']);
    expect(pastIn(overview)).toEqual([
      'MA1 stopped-by',
      'MGB1 use-before-change',
      'MTD1 administration',
      'MVE1 supply',
      'TA1 owner-not-valid',
    ]);
  });
});

describe('the command', () => {
  it('names what it cannot read, reads the rest, and ends with 2', async () => {
    await withFiles({ a: [r4Bundle([first]), '{', '<adaxml><data>', '{"a":1}', ''] }, async (folder) => {
      const { code, lines, notes } = await runSluis('overview', '--at', '2024-01-01', '--json', folder);
      expect([code, notes.length]).toEqual([2, 4]);
      expect(toldLines(JSON.parse(lines.join('\n')))).toEqual(['current MA1']);
      expect(notes.filter((note) => note.startsWith('skipped'))).toHaveLength(1);
    });
    await withFiles({ a: [r4Bundle([first]), '{"a":1}'] }, async (folder) => {
      expect((await runSluis('overview', folder)).code).toBe(0);
      expect((await runSluis('overview', `${folder}/a/1.json`)).code).toBe(2);
    });
  });

  it('refuses records of two patients, however their numbers are written, and names neither', async () => {
    const of = (subject: object) => changed(r4Block({ ...first, id: 'X' }), { subject });
    const number = (system: string, value: string) => of({ identifier: { system, value } });
    const [address, oid] = ['http://fhir.nl/fhir/NamingSystem/bsn', 'urn:oid:2.16.840.1.113883.2.4.6.3'];
    for (const [system, value, ended] of [
      [address, '999900018', 2],
      [oid, '999900018', 2],
      [oid, '999911612', 0],
      ['https://elsewhere.example/local', '7', 0],
    ] as const)
      await withFiles({ a: [r4Bundle([first]), number(system, value)] }, async (folder) => {
        const { code, notes } = await runSluis('overview', folder);
        expect([code, notes.join().includes('9999')]).toEqual([ended, false]);
      });
  });

  it('refuses an empty folder, a word it does not know, and a day that does not exist', async () => {
    await withFiles({ empty: [] }, async (folder) => {
      for (const [words, said] of [
        [[folder], 'no JSON or XML files'],
        [['--jsn', folder], ''],
        [['--at', '2023-02-29', folder], '2023-02-29'],
        [[`${folder}/nowhere`], 'cannot be read'],
        [[], ''],
      ] as const) {
        const { code, lines, notes } = await runSluis('overview', ...words);
        expect([code, lines]).toEqual([2, []]);
        expect(notes.join()).toContain(said);
      }
    });
  });

  it('prints what holders wrote on one line each, and nothing that steers a terminal', async () => {
    const rude: Told = { ...first, dosage: 'one\ntwo\u001b[2Jthree\u202e' };
    await withFiles({ a: [r4Bundle([rude])] }, async (folder) => {
      const { lines } = await runSluis('overview', '--at', '2024-01-01', folder);
      expect(lines.join('\n')).toContain('one / two\\u{001b}[2Jthree');
    });
  });
});
