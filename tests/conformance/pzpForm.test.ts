// Do the official filled forms give the decisions that they state? IKNL's two forms in STU3 and in R4, from ../shared/corpus.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkShape } from '../../src/fhir/shape.ts';
import { tryLoadMaps } from '../../src/mapping/loadMaps.ts';
import { runMap } from '../../src/mapping/runMap.ts';
import type { FhirResource } from '../../src/model.ts';

const wishes = resolve(import.meta.dirname, '../../../shared/corpus/wishes');
const found = existsSync(wishes);
if (!found) console.log('skipped: corpus not found');

const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'conformance', coverage: true };
const restriction = 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther';

type Coded = { coding?: { code?: string }[]; text?: string };
type Directive = FhirResource & {
  dateTime?: string;
  modifierExtension?: { url: string; valueString: string }[];
  provision?: { type?: string; code?: Coded[] };
};

const read = (folder: string, name: string): FhirResource =>
  JSON.parse(readFileSync(join(wishes, folder, name), 'utf8'));

const { maps } = tryLoadMaps(resolve(import.meta.dirname, '../../mappings'));

const mapped = (folder: string, form: string) => {
  const map = maps.get('pzp-form-to-r4');
  if (!map) throw new Error('no such map');
  return runMap(map, read(folder, `QuestionnaireResponse-HendrikHartman-${form}.json`), settings);
};

const resourcesOf = (target: Record<string, unknown>): FhirResource[] =>
  (target.entry as { resource: FhirResource }[]).map(({ resource }) => resource);

const keyOf = ({ provision }: Directive): string => {
  const code = provision?.code?.[0];
  return code?.text?.match(/400231000146108/)?.[0] ?? code?.coding?.[0]?.code ?? '';
};

const decisionOf = (directive: Directive): string =>
  directive.modifierExtension?.find(({ url }) => url === restriction)?.valueString ??
  directive.provision?.type ??
  '';

const decisions = (resources: readonly FhirResource[]): Record<string, string> =>
  Object.fromEntries(
    resources
      .filter((one): one is Directive => one.resourceType === 'Consent')
      .map((one) => [keyOf(one), decisionOf(one)]),
  );

const both = ['stu3-rc2', 'r4-0.1.3-superseded'];

describe.skipIf(!found)('the official forms', () => {
  const stated2020 = {
    '89666000': 'permit',
    '40617009': 'permit',
    '305351004': 'permit',
    '32485007': 'permit',
    '281789004': 'permit',
    '116762002': 'permit',
    OTH: 'deny',
    '400231000146108': 'Niet besproken',
  };

  it.each(both)('of 2020 (%s) permit what they permit', (folder) => {
    expect(decisions(resourcesOf(mapped(folder, '20201001').target))).toEqual(stated2020);
  });

  it.each(both)('of 2022 (%s) have resuscitation conditional, with its words', (folder) => {
    expect(decisions(resourcesOf(mapped(folder, '20221108').target))).toEqual({
      ...stated2020,
      '89666000': 'Wel op OK met kans op goed herstel, niet thuis of op straat',
      '40617009': 'deny',
      '305351004': 'deny',
      '400231000146108': 'Nee, nog geen besluit genomen',
    });
  });

  it('of 2020 decide what the separate resources of that day decide', () => {
    const folder = 'r4-0.1.3-superseded';
    const name = (code: string) => `Consent-F1-ACP-TreatmentDirective-${code}.json`;
    const separate = [
      '89666000',
      '40617009',
      '305351004',
      '32485007',
      '281789004',
      '116762002',
      '400231000146108',
    ]
      .filter((code) => existsSync(join(wishes, folder, name(code))))
      .map((code) => read(folder, name(code)));
    expect(separate.length).toBeGreaterThan(5);
    expect(decisions(resourcesOf(mapped(folder, '20201001').target))).toMatchObject(decisions(separate));
  });

  it.each(both.flatMap((folder) => ['20201001', '20221108'].map((form) => [folder, form] as const)))(
    'are carried whole, in the shape of R4: %s %s',
    (folder, form) => {
      const { target, coverage } = mapped(folder, form);
      const bundle: FhirResource = JSON.parse(JSON.stringify(target));
      expect(checkShape(bundle, 'r4')).toEqual([]);
      expect(coverage?.leaves.filter(({ fate }) => fate === 'dropped')).toEqual([]);
      expect(coverage?.untranslated).toEqual([]);
      expect(resourcesOf(target).filter(({ resourceType }) => resourceType === 'OperationOutcome')).toEqual(
        [],
      );
    },
  );

  it('are dated by when they were filled in, not by when they were typed over', () => {
    const directives = resourcesOf(mapped('stu3-rc2', '20221108').target).filter(
      (one): one is Directive => one.resourceType === 'Consent',
    );
    expect(directives.map(({ dateTime }) => dateTime?.slice(0, 10))).toEqual(
      directives.map(() => '2022-11-08'),
    );
  });
});
