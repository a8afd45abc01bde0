import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from './run.ts';

let folder = '';
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-validate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ code: number; out: string; notes: string }> {
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const noted: string[] = [];
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => noted.push(String(text)) > 0);
  try {
    const code = await runCommandLine([process.execPath, 'sluis', 'validate', ...words], {});
    return { code, out: written.join(''), notes: noted.join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('sluis validate', () => {
  it('ends with 2 for what cannot be read, 1 for errors, 0 when all fits', async () => {
    const broken = file('broken.json', '{"resourceType": "Patient",');
    const wrong = file('wrong.json', '{"resourceType":"Patient","birthDate":"yesterday"}');
    const good = file('good.json', '{"resourceType":"Patient","active":true}');
    expect((await run(broken, wrong)).code).toBe(2);
    expect((await run(wrong, good)).code).toBe(1);
    expect((await run(good)).code).toBe(0);
    expect((await run(join(folder, 'nowhere.json'))).code).toBe(2);
  });
  it('writes one line per file', async () => {
    const good = file('one.json', '{"resourceType":"Patient","active":true}');
    const { out } = await run(good, good);
    expect(out.trim().split('\n')).toHaveLength(2);
  });
  it('says which files of a folder it leaves aside', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(join(mixed, 'deep'), { recursive: true });
    file('mixed/a.json', '{"resourceType":"Patient","active":true}');
    expect((await run(mixed)).notes).not.toContain('not read');
    file('mixed/b.ndjson', '{"resourceType":"Patient","active":"no"}');
    file('mixed/deep/c.txt', 'x');
    const { code, notes } = await run(mixed);
    expect(code).toBe(0);
    expect(notes).toContain(
      `2 files in ${mixed} are no .json or .xml and were not read: b.ndjson, deep/c.txt`,
    );
  });
  it('writes one JSON object per file when asked', async () => {
    const wrong = file('wrong2.json', '{"resourceType":"Patient","birthDate":"yesterday"}');
    const told = JSON.parse((await run('--json', wrong)).out);
    expect(told).toMatchObject({
      file: wrong,
      errors: 1,
      issues: [{ severity: 'error', expression: ['Patient.birthDate'] }, {}],
    });
  });
  it('reads XML and finds out the version', async () => {
    const task =
      '<Task xmlns="http://hl7.org/fhir"><status value="requested"/><intent value="order"/><requester><agent><display value="x"/></agent></requester></Task>';
    expect((await run(file('task.xml', task))).code).toBe(0);
    expect((await run('--fhir', 'r4', file('task4.xml', task))).code).not.toBe(0);
  });
  it.each([
    ['json', '{"resourceType":"Patient","meta":{"profile":["PROFILE"]},"active":true}'],
    [
      'xml',
      '<Patient xmlns="http://hl7.org/fhir"><meta><profile value="PROFILE"/></meta><active value="true"/></Patient>',
    ],
  ])('takes what fits both versions for the one of its profile (%s)', async (ending, content) => {
    const stu3 = content.replace('PROFILE', 'http://fhir.nl/fhir/StructureDefinition/nl-core-patient');
    const r4 = content.replace('PROFILE', 'http://nictiz.nl/fhir/StructureDefinition/nl-core-Patient');
    expect((await run(file(`older.${ending}`, stu3))).notes).toContain('nictiz.fhir.nl.stu3.zib2017@');
    expect((await run(file(`newer.${ending}`, r4))).notes).toContain('nictiz.fhir.nl.r4.nl-core@');
  });
  it.each([
    ['3.0.2', 'json'],
    ['4.0.1', 'json'],
    ['3.0.2', 'xml'],
    ['4.0.1', 'xml'],
  ])('checks against a profile of one version alone (%s, %s)', async (fhirVersion, ending) => {
    const url = `http://example.org/StructureDefinition/only-${fhirVersion}`;
    const definition = {
      resourceType: 'StructureDefinition',
      url,
      name: 'Only',
      status: 'active',
      fhirVersion,
      kind: 'resource',
      abstract: false,
      type: 'Patient',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
      derivation: 'constraint',
      differential: { element: [{ id: 'Patient.gender', path: 'Patient.gender', min: 1 }] },
    };
    const content =
      ending === 'json'
        ? JSON.stringify({ resourceType: 'Patient', meta: { profile: [url] }, active: true })
        : `<Patient xmlns="http://hl7.org/fhir"><meta><profile value="${url}"/></meta><active value="true"/></Patient>`;
    const given = file('definition.json', JSON.stringify(definition));
    const told = await run(given, file(`one.${ending}`, content));
    expect(told.out).toContain(`fits  ${given}`);
    expect(told.notes).toContain('Patient.gender is required');
  });
  it('refuses a folder without content, and packages that are not there', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const good = file('three.json', '{"resourceType":"Patient","active":true}');
    expect(await run(empty)).toMatchObject({
      code: 2,
      notes: expect.stringContaining('no JSON or XML files'),
    });
    expect(await run('--packages', join(folder, 'none'), good)).toMatchObject({ code: 2 });
  });
  it('says what to install for a profile that it does not know', async () => {
    const claims = (profile: string) =>
      `{"resourceType":"Patient","active":true,"meta":{"profile":["${profile}"]}}`;
    const dutch = file('nl.json', claims('http://nictiz.nl/fhir/StructureDefinition/nl-core-Patient'));
    const other = file('other.json', claims('http://example.org/StructureDefinition/x'));
    const { code, notes } = await run(dutch, other);
    expect(code).toBe(0);
    expect(notes).toContain('sluis packages install nictiz.fhir.nl.r4.nl-core@VERSION');
    expect(notes).toContain('the package that defines http://example.org/StructureDefinition/x');
    expect((await run('--json', dutch)).notes).toBe('');
  });
  it('checks a filled form against the form that is given beside it', async () => {
    const url = 'http://example.org/Questionnaire/wishes';
    const form = file(
      'form.json',
      JSON.stringify({
        resourceType: 'Questionnaire',
        url,
        status: 'active',
        item: [{ linkId: '1', type: 'boolean', required: true, text: 'x' }],
      }),
    );
    const filled = (item: unknown[]) =>
      JSON.stringify({
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        questionnaire: url,
        item,
      });
    const good = file('filled.json', filled([{ linkId: '1', answer: [{ valueBoolean: true }] }]));
    const wrong = file('wrongly.json', filled([{ linkId: '1', answer: [{ valueString: 'yes' }] }]));
    expect((await run(form, good)).code).toBe(0);
    expect((await run(form, wrong)).code).toBe(1);
    const alone = await run(wrong);
    expect(alone).toMatchObject({ code: 0, notes: expect.stringContaining('form-unknown') });
  });
  it('counts unknown codes as errors, and unknown extensions only when strict', async () => {
    const good = { resourceType: 'Patient', active: true };
    const code = { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'ZZ' };
    const coded = file('coded.json', JSON.stringify({ ...good, maritalStatus: { coding: [code] } }));
    const own = { url: 'http://example.org/own', valueString: 'x' };
    const extended = file('extended.json', JSON.stringify({ ...good, extension: [own] }));
    expect((await run(coded)).code).toBe(1);
    expect((await run(extended)).code).toBe(0);
    expect((await run('--strict', extended)).code).toBe(1);
  });
  it('names the codes of a small list, in the language that is asked', async () => {
    const wrong = file('gender.json', '{"resourceType":"Patient","gender":"man"}');
    expect((await run(wrong)).notes).toContain('It has male, female, other, unknown.');
    expect((await run('--language', 'nl', wrong)).notes).toContain('Daarin staan male, female');
  });
  it('refuses a version that it does not know', async () => {
    expect((await run('--fhir', 'r5', folder)).code).toBe(2);
  });
});
