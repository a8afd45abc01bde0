// Do the published queries work on the published examples? PZP in both FHIR versions, MP9 by its scripts; read beside the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { match } from '../../src/exchange/index.ts';
import { bsnSystem, identifiersOf } from '../../src/fhir/identifiers.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResource, FhirVersion } from '../../src/model.ts';
import { type FederatedStage, openFederated, type Pairs, withMode } from '../contract/federatedStage.ts';
import { json, searchset } from '../contract/holderServer.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus');
const missing = !existsSync(corpus);
if (missing) console.log('skipped: corpus not found');

const snomed = 'http://snomed.info/sct';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const observed = '153851000146100,395091006,340171000146104,247751003,570801000146104';
const devices = '72506001,465460004,468542000,704707009,1263462004,1236894001';

type Published = {
  type: string;
  pairs: Pairs;
  /** A text that a source resource has when the query means it, in each version; absent: all of the type. */
  source?: Record<FhirVersion, string>;
};

const queries: readonly Published[] = [
  { type: 'Procedure', pairs: [['code', `${snomed}|713603004`]] },
  {
    type: 'Encounter',
    pairs: [
      ['reason-reference:Procedure.code', `${snomed}|713603004`],
      ['_include', 'Encounter:reason-reference'],
    ],
  },
  {
    type: 'Consent',
    pairs: [
      ['scope', `${hl7}/consentscope|treatment`],
      ['category', `${snomed}|129125009`],
      ['_include', 'Consent:actor'],
    ],
    source: { r4: '129125009', stu3: '11291000146105' },
  },
  {
    type: 'Consent',
    pairs: [
      ['scope', `${hl7}/consentscope|adr`],
      ['category', `${hl7}/consentcategorycodes|acd`],
      ['_include', 'Consent:actor'],
    ],
    source: { r4: '"acd"', stu3: '11341000146107' },
  },
  { type: 'Goal', pairs: [['category', `${snomed}|713603004`]] },
  {
    type: 'Observation',
    pairs: [['code', `${snomed}|${observed}`]],
    source: { r4: observed, stu3: observed },
  },
  {
    type: 'DeviceUseStatement',
    pairs: [
      ['device.type', `${snomed}|${devices}`],
      ['_include', 'DeviceUseStatement:device'],
    ],
  },
  { type: 'CommunicationRequest', pairs: [['category', `${snomed}|223449006`]] },
];

const read = (folder: string): FhirResource[] =>
  readdirSync(join(corpus, 'wishes', folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(corpus, 'wishes', folder, name), 'utf8')) as FhirResource);

const expected = (resources: readonly FhirResource[], { type, source }: Published, version: FhirVersion) =>
  resources.filter(
    (one) =>
      one.resourceType === type &&
      (source === undefined || source[version].split(',').some((text) => JSON.stringify(one).includes(text))),
  ).length;

describe.skipIf(missing).each([
  ['r4', 'r4-rc2'],
  ['stu3', 'stu3-rc2'],
] as const)('the queries of PZP on its %s examples', (version, folder) => {
  const resources = missing ? [] : read(folder);
  let stage: FederatedStage;
  let id: string;

  beforeAll(async () => {
    stage = await openFederated({ gpEndpoint: { fhirVersion: version }, wishes: { deadlineMs: 10_000 } });
    const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
    const bsn = identifiersOf(patient).find(({ system }) => system === bsnSystem)?.value ?? '';
    await stage.record(true, undefined, { of: bsn });
    // the worst holder: whatever is searched, it gives everything that it has
    const { found } = stage.servers.gp;
    for (const type of new Set([...queries.map((one) => one.type), 'QuestionnaireResponse']))
      found[type] = json(searchset(resources));
    found.Patient = resources.filter(({ resourceType }) => resourceType === 'Patient');
    stage.servers.home.found.Patient = [];
    id = await stage.patientId(undefined, bsn);
  });
  afterAll(() => stage?.end());

  it.each(queries)('$type $pairs.0', async (query) => {
    const { type, pairs } = query;
    const response = await stage.ask(type, [['patient', `Patient/${id}`], ...pairs, ['_count', '200']]);
    const matches = withMode(response, 'match');
    expect(matches.length).toBe(expected(resources, query, version));
    expect(matches.length).toBeGreaterThan(0);
    expect(matches.every(({ resourceType }) => resourceType === type)).toBe(true);
    expect(checkShape(response.resource ?? { resourceType: '' }, 'r4')).toEqual([]);
    const included = withMode(response, 'include').map(({ resourceType }) => resourceType);
    const allowed = /^(PractitionerRole|Practitioner|RelatedPerson|Patient|Device|Procedure|Encounter)$/;
    expect(included.filter((one) => !allowed.test(one))).toEqual([]);
  });
});

describe.skipIf(missing)('the scripts of MP9', () => {
  type Script = { resource?: string | null; params: string };
  const scripts = missing
    ? []
    : (JSON.parse(readFileSync(join(corpus, 'mp9-queries/mp9-queries.json'), 'utf8')) as Script[]);

  it('ask what is allowed, every one that names its type', () => {
    const named = scripts.filter(({ resource }) => typeof resource === 'string');
    for (const { resource, params } of named) {
      const filled = params
        .replace(/^\?/, '')
        .replace(/\$\{DATE[^}]*\}/g, '2024-01-01')
        .replace(/\$\{[^}]*\}/g, 'urn:oid:2.999|1');
      const parameters = filled.split('&').map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)] as const;
      });
      const question = { version: 'r4' as const, method: 'POST', path: [resource ?? '', '_search'] };
      expect(match({ ...question, parameters }).exchange.name).toBe('medication');
    }
    expect(named.length).toBeGreaterThan(100);
  });
});
