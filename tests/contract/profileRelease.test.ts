// Does a holder's resource that fails its profile leave, by each setting, with our own rule files and with an official package?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProfileChecks } from '../../src/app/profileChecks.ts';
import {
  type ExchangeDeps,
  handoverSettings,
  medicationSettings,
  wishesSettings,
} from '../../src/exchange/index.ts';
import type { Retrieval } from '../../src/exchange/retrieval.ts';
import { retrieve } from '../../src/exchange/retrieve.ts';
import type { FhirResource } from '../../src/model.ts';
import { validationSettings } from '../../src/validation/index.ts';
import { bsn, changed, codes, r4Directive, stu3Directive } from '../world/wishes.ts';
import { asking, home, openRetrieval, type RetrievalStage } from './retrievalStage.ts';

const nictiz = 'http://nictiz.nl/fhir/StructureDefinition/';
const directiveProfile = `${nictiz}nl-core-TreatmentDirective2`;
const levels = ['off', 'warn', 'withhold', 'refuse'] as const;
type Level = (typeof levels)[number];
type Exchange = 'wishes' | 'medication';

let folder = '';
let stage: RetrievalStage | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-packages-'));
  mkdirSync(join(folder, 'official'));
  // What a package of Nictiz would say of the same address, in small: other rules than our own.
  const official = {
    resourceType: 'StructureDefinition',
    url: directiveProfile,
    name: 'Official',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Consent',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Consent',
    derivation: 'constraint',
    differential: { element: [{ id: 'Consent.dateTime', path: 'Consent.dateTime', min: 1 }] },
  };
  writeFileSync(join(folder, 'official', 'package.json'), '{"name":"official","fhirVersions":["4.0.1"]}');
  writeFileSync(join(folder, 'official', 'StructureDefinition-x.json'), JSON.stringify(official));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => stage?.end());

/** The check that the gateway makes at its start, with or without the package. */
function checksOf(level: Level, packageFolders: readonly string[] = []): ExchangeDeps['checkProfiles'] {
  return createProfileChecks({
    handover: handoverSettings.parse({ profileChecks: 'off' }),
    wishes: wishesSettings.parse({ profileChecks: level }),
    medication: medicationSettings.parse({ profileChecks: level }),
    validation: validationSettings.parse({ packageFolders, timeoutMs: 30_000 }),
  });
}

type Ask = {
  level: Level;
  exchange?: Exchange;
  found: readonly FhirResource[];
  fhirVersion?: 'r4' | 'stu3';
  packages?: readonly string[];
};

async function ask({ level, exchange = 'wishes', found, fhirVersion = 'r4', packages }: Ask) {
  stage = await openRetrieval({ homeEndpoint: { exchanges: ['wishes', 'medication'], fhirVersion } });
  await stage.record(true, home);
  const resourceType = found[0]?.resourceType ?? '';
  stage.servers.home.found[resourceType] = [...found];
  const { deps } = stage;
  const retrieval: Retrieval = {
    exchange,
    event: `${exchange}.test`,
    asking: {
      requester: asking({ scopes: [exchange] }),
      patientBsn: bsn,
      practitioner: asking().practitioner as NonNullable<ReturnType<typeof asking>['practitioner']>,
      purposeOfUse: 'TREAT',
      requestId: 'request-1',
    },
    categories: ['GGC002'],
    queriesFor: ({ address }) =>
      address === stage?.servers.home.base ? [{ resourceType, parameters: [] }] : [],
    deadlineMs: 2_000,
  };
  const settings = {
    ...deps.settings,
    wishes: { ...deps.settings.wishes, profileChecks: level },
    medication: { ...deps.settings.medication, profileChecks: level },
  };
  const checkProfiles = checksOf(level, packages);
  const { results } = await retrieve(retrieval, { ...deps, settings, checkProfiles });
  const result = results.find(({ participant }) => participant.id === 'home');
  return {
    state: result?.state,
    reason: result?.reason,
    given: result?.resources.filter((one) => one.resourceType === resourceType).map(({ id }) => id),
    withheld: result?.withheld.map(({ rule }) => rule),
    told: result?.findings?.map(({ rule, severity }) => `${severity} ${rule}`),
    words: JSON.stringify([result?.withheld, result?.findings]),
  };
}

const policy = [{ uri: 'https://wetten.overheid.nl/' }];
const sound = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { id: 'sound', policy });
const unlisted = { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }] };
const faulty = changed(r4Directive(unlisted, 'deny', '2025-01-01'), { id: 'faulty', policy });

describe('a directive that claims no profile and breaks our own rule files, without any package', () => {
  it.each<[Level, object]>([
    ['off', { state: 'answered', given: ['sound', 'faulty'], withheld: [], told: [] }],
    ['warn', { state: 'answered', given: ['sound', 'faulty'], told: ['warning binding-required'] }],
    [
      'withhold',
      { state: 'partial', reason: 'withheld', given: ['sound'], withheld: ['binding-required'], told: [] },
    ],
    ['refuse', { state: 'failed', reason: 'content-refused', given: [], withheld: ['binding-required'] }],
  ])('%s', async (level, expected) => {
    expect(await ask({ level, found: [sound, faulty] })).toMatchObject(expected);
  });

  it('tells the rule and the value set, and nothing of the patient', async () => {
    const { words } = await ask({ level: 'withhold', found: [sound, faulty] });
    expect(words).toContain(directiveProfile);
    expect(words).not.toContain(bsn);
    expect(words).not.toContain('"faulty"');
  });
});

it('is told in the answer to who asked, as an OperationOutcome with rule, place and profile', async () => {
  stage = await openRetrieval({ wishes: { profileChecks: 'withhold' } });
  await stage.record(true, home);
  stage.servers.home.found.Consent = [sound, faulty];
  Object.assign(stage.deps, { checkProfiles: checksOf('withhold') });
  const { resource } = await stage.wishes();
  const entries = (resource?.entry ?? []) as { resource: FhirResource }[];
  const outcomes = entries.filter(({ resource: one }) => one.resourceType === 'OperationOutcome');
  expect(outcomes.flatMap(({ resource: one }) => one.issue)).toContainEqual(
    expect.objectContaining({
      severity: 'error',
      code: 'code-invalid',
      details: expect.objectContaining({ coding: [{ code: 'binding-required' }] }),
      diagnostics: `Profile: ${directiveProfile}`,
      expression: ['Consent.provision.code[0]'],
    }),
  );
  const given = entries.filter(({ resource: one }) => one.resourceType === 'Consent');
  expect(given).toHaveLength(1);
  expect(JSON.stringify(given)).not.toContain('80146002');
});

describe('an official package', () => {
  const undated = changed(r4Directive(codes.cpr, 'deny'), { id: 'undated', policy });
  it('wins over our own rules of the same address', async () => {
    const withPackage = { found: [sound, faulty, undated], packages: [folder] };
    expect(await ask({ level: 'withhold', ...withPackage })).toMatchObject({
      state: 'partial',
      given: ['sound', 'faulty'],
      withheld: ['minimum'],
    });
  });
  it('refuses the answer where the settings say so', async () => {
    expect(await ask({ level: 'refuse', found: [sound, undated], packages: [folder] })).toMatchObject({
      state: 'failed',
      reason: 'content-refused',
      given: [],
    });
  });
});

describe('of STU3 and of medication too', () => {
  const stu3 = (id: string, decision: string) =>
    changed(stu3Directive(codes.cpr, decision, { dateTime: '2025-01-01' }), { id, policy });
  it('a decision of zib 2017 that does not exist is withheld', async () => {
    const odd = changed(stu3('odd', 'JA'), {
      modifierExtension: [
        {
          url: `${nictiz}zib-TreatmentDirective-TreatmentPermitted`,
          valueCodeableConcept: {
            coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4', code: 'MISSCHIEN' }],
          },
        },
      ],
    });
    const found = [stu3('sound', 'NEE'), odd];
    expect(await ask({ level: 'withhold', found, fhirVersion: 'stu3' })).toMatchObject({
      state: 'partial',
      given: ['sound'],
      withheld: ['binding-required'],
    });
  });

  const agreement = (id: string, more: object): FhirResource => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
    subject: { reference: 'Patient/p1' },
    medicationReference: { display: 'Metoprolol' },
    ...more,
  });
  const worded = agreement('worded', {
    medicationReference: undefined,
    medicationCodeableConcept: { text: 'Metoprolol' },
  });
  it.each<[Level, object]>([
    ['warn', { state: 'answered', given: ['sound', 'worded'], told: ['warning type'] }],
    ['withhold', { state: 'partial', given: ['sound'], withheld: ['type'] }],
    ['refuse', { state: 'failed', reason: 'content-refused', given: [] }],
  ])('a medication agreement without a reference to its product: %s', async (level, expected) => {
    const found = [agreement('sound', {}), worded];
    expect(await ask({ level, exchange: 'medication', found })).toMatchObject(expected);
  });
});
