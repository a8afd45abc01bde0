// What is refused at the push, and what is only remarked on? Every missing part at once; nothing that is refused leaves a trace.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResource, Issue, Participant } from '../../src/model.ts';
import {
  asking,
  castOfParticipants,
  endpoint,
  home,
  hospital,
  otherHome,
  participant,
  stranger,
  testBsns,
} from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import {
  asTransaction,
  bundle,
  clinicalResources,
  composition,
  nursingHandoff,
  pdf,
  resourceIn,
  type Section,
  sectionIn,
} from '../world/nursingHandoff.ts';

type Tree = Record<string, unknown>;

const twin = participant({
  id: 'twin',
  name: 'Tweeling',
  agb: '47990505',
  ura: '90000505',
  endpoints: [endpoint('notification')],
});
const twinToo = participant({
  id: 'twin-too',
  name: 'Tweeling',
  agb: '47990505',
  ura: '90000506',
  endpoints: [endpoint('notification')],
});
const closed = participant({
  id: 'closed',
  name: 'Gesloten',
  ura: '90000606',
  active: false,
  endpoints: [endpoint('notification')],
});
const dumb = participant({ id: 'dumb', name: 'Zonder adres', ura: '90000707' });
const late = participant({
  id: 'late',
  name: 'Periode voorbij',
  ura: '90000808',
  endpoints: [endpoint('notification', { period: { end: '2025-12-31' } })],
});
const nobody = participant({ id: 'nobody', name: 'Onbekend', ura: '90009999' });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ participants: [...castOfParticipants, twin, twinToo, closed, dumb, late] });
});
afterAll(() => stage.end());

async function refused(
  body: FhirResource,
  who = asking(hospital),
): Promise<{ kind: string; rules: string[]; issues: readonly Issue[]; reason: string | undefined }> {
  try {
    await stage.push(body, who);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { kind, issues, reason } = error;
    return {
      kind,
      issues,
      reason,
      rules: issues.filter((one) => one.severity === 'error').map((one) => one.rule ?? ''),
    };
  }
  throw new Error('was accepted');
}

async function warned(body: FhirResource, who = asking(hospital)): Promise<string[]> {
  const answer = await stage.push(body, who);
  expect(answer.status).toBe(202);
  const issues = (answer.resource?.issue ?? []) as {
    severity: string;
    details: { coding?: { code: string }[] };
  }[];
  return issues.filter((one) => one.severity === 'warning').map((one) => one.details.coding?.[0]?.code ?? '');
}

const fresh = (more: Parameters<typeof nursingHandoff>[0] = {}) =>
  nursingHandoff({ case: randomUUID(), ...more });

function without(key: string): FhirResource {
  const body = fresh();
  body.entry = (body.entry as { resource: FhirResource }[]).filter(
    ({ resource }) => `${resource.resourceType}/${resource.id}` !== key,
  );
  return body;
}

const sectionOf = (body: FhirResource, code: string) =>
  sectionIn(resourceIn(body, 'Composition/comp-1'), code)!;

describe('the minimum', () => {
  test.each([
    ['Patient/pat-1', 'handover-patient'],
    ['Coverage/cov-1', 'handover-payer'],
    ['Organization/org-1', 'handover-sender'],
    ['Practitioner/prac-1', 'handover-sender-practitioner'],
    ['Organization/org-2', 'handover-receiver'],
    ['Practitioner/prac-2', 'handover-practitioner'],
    ['Condition/cond-1', 'handover-diagnosis'],
  ])('without %s it is refused, naming that part', async (key, rule) => {
    const answer = await refused(without(key));
    expect(answer.kind).toBe('unprocessable');
    expect(answer.rules).toContain(rule);
  });

  test('without a transfer date it is refused', async () => {
    expect((await refused(fresh({ transferDate: null }))).rules).toEqual(['handover-transfer-date']);
  });

  test('a 4.0 handover without the role of the sender is refused; a full dataset is only remarked on', async () => {
    const full = without('PractitionerRole/role-1');
    expect(await warned(full)).toEqual(
      expect.arrayContaining(['handover-sender-role-missing', 'handover-dangling']),
    );
    const minimal = without('PractitionerRole/role-1');
    delete sectionOf(minimal, '86644006').entry;
    delete sectionOf(minimal, '364832000').entry;
    expect((await refused(minimal)).rules).toEqual(['handover-sender-role']);
  });

  test('the role of the sender counts outside its section too, that of another practitioner does not', async () => {
    const minimal = fresh();
    delete sectionOf(minimal, '86644006').entry;
    delete sectionOf(minimal, '364832000').entry;
    const sender = sectionOf(minimal, '185362004');
    sender.entry = ['Organization/org-1', 'Practitioner/prac-1'].map((reference) => ({ reference }));
    expect(await warned(minimal)).toEqual(['handover-outside']);
    resourceIn(minimal, 'PractitionerRole/role-1').practitioner = { reference: 'Practitioner/prac-2' };
    expect((await refused(minimal)).rules).toEqual(['handover-sender-role']);
  });

  test('everything that is missing is named at once, in Dutch and in English, each with its place', async () => {
    const body = bundle('document', [{ ...composition({ transferDate: null }), section: [] }], 'empty');
    const answer = await refused(body);
    expect(answer.rules.toSorted()).toEqual([
      'handover-diagnosis',
      'handover-patient',
      'handover-payer',
      'handover-practitioner',
      'handover-receiver',
      'handover-sender',
      'handover-sender-practitioner',
      'handover-sender-role',
      'handover-transfer-date',
    ]);
    for (const issue of answer.issues) {
      expect(issue.text.nl).not.toBe(issue.text.en);
      expect(issue.expression?.[0]).toMatch(/^Bundle\.entry\[0\]\.resource/);
    }
  });
});

describe('the form', () => {
  test.each(['history', 'message', 'batch', 'batch-response', 'transaction-response'])(
    'a Bundle of type %s is refused',
    async (type) => {
      expect((await refused({ ...fresh(), type })).rules).toEqual(['handover-bundle-type']);
    },
  );

  test('an entry that asks for DELETE is refused and never executed', async () => {
    const body = fresh();
    (body.entry as Tree[])[3]!.request = { method: 'DELETE', url: 'Patient/pat-1' };
    expect((await refused(body)).issues).toMatchObject([
      { rule: 'handover-entry-request', expression: ['Bundle.entry[3].request'] },
    ]);
  });

  test.each(['next', 'Next'])('a searchset with a %s page is refused', async (relation) => {
    const body = { ...fresh(), type: 'searchset', link: [{ relation, url: 'https://epd.example/2' }] };
    expect((await refused(body)).rules).toEqual(['handover-bundle-incomplete']);
  });

  test('two Compositions are refused', async () => {
    const body = fresh();
    (body.entry as Tree[]).push({ resource: { ...composition(), id: 'comp-2' } });
    expect((await refused(body)).rules).toEqual(['handover-one-composition']);
  });

  test('a Composition that is no nursing handoff is refused', async () => {
    const body = fresh();
    const head = resourceIn(body, 'Composition/comp-1');
    head.type = { coding: [{ system: 'http://loinc.org', code: '18842-5' }] };
    delete head.meta;
    expect((await refused(body)).rules).toEqual(['handover-composition-type']);
  });

  test.each<[string, FhirResource]>([
    ['another resource', { resourceType: 'Patient' }],
    [
      'Parameters with an unknown part',
      { resourceType: 'Parameters', parameter: [{ name: 'surprise', valueString: 'x' }] },
    ],
    [
      'Parameters with a part twice',
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'case', valueString: 'x' },
          { name: 'case', valueString: 'y' },
        ],
      },
    ],
    ['a Bundle entry without a resource', { ...nursingHandoff(), entry: [{ fullUrl: 'urn:uuid:1' }] }],
  ])('%s is refused', async (_, body) => {
    expect((await refused(body)).kind).toBe('unprocessable');
  });

  test('a resource with implicitRules is refused; an unknown modifierExtension is passed on and told', async () => {
    const ruled = fresh();
    resourceIn(ruled, 'Condition/cond-1').implicitRules = 'https://rules.example/other';
    expect((await refused(ruled)).issues[0]).toMatchObject({ rule: 'handover-implicit-rules' });
    const modified = fresh();
    resourceIn(modified, 'Condition/cond-1').modifierExtension = [
      { url: 'https://x.example/not', valueBoolean: true },
    ];
    expect(await warned(modified)).toEqual(['handover-modifier']);
  });

  test('the same resource twice with different content is refused; twice the same is fine', async () => {
    const body = fresh();
    const rows = body.entry as { fullUrl: string; resource: FhirResource }[];
    const other = rows.find((row) => row.resource.resourceType === 'Condition')!;
    rows.push({ ...other });
    expect(await warned(body)).toEqual([]);
    rows.push({ ...other, resource: { ...other.resource, code: { text: 'anders' } } });
    expect((await refused(body)).rules).toEqual(['handover-duplicate']);
  });

  test('10,000 dangling references give one small finding in linear time', async () => {
    const body = fresh();
    resourceIn(body, 'Composition/comp-1').event = [
      { detail: Array.from({ length: 10_000 }, (_, index) => ({ reference: `Observation/gone-${index}` })) },
    ];
    const started = performance.now();
    const answer = await stage.push(body);
    expect(performance.now() - started).toBeLessThan(3000);
    expect(JSON.stringify(answer.resource).length).toBeLessThan(10_000);
  });

  test('more resources than the limit is refused', async () => {
    const many = Array.from({ length: 5001 }, (_, index) => ({ resourceType: 'Flag', id: `f${index}` }));
    expect((await refused(bundle('collection', many))).rules).toEqual(['handover-too-many']);
  });
});

describe('who it is about', () => {
  test('a second patient in the content is refused, reachable or not', async () => {
    const body = fresh();
    (body.entry as Tree[]).push({
      fullUrl: 'urn:uuid:other',
      resource: {
        resourceType: 'Patient',
        id: 'pat-2',
        identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: testBsns.no }],
      },
    });
    expect((await refused(body)).rules).toEqual(['handover-one-patient']);
  });

  test('another patient inside a resource is refused, at any depth; the same one is not', async () => {
    const inside = (bsn: string) => ({
      resourceType: 'Patient',
      id: 'inner',
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn }],
    });
    const body = fresh();
    resourceIn(body, 'Condition/cond-1').contained = [inside(testBsns.no)];
    expect((await refused(body)).rules).toEqual(['handover-one-patient']);
    const deep = fresh();
    resourceIn(deep, 'Condition/cond-1').contained = [
      { resourceType: 'Group', id: 'g', contained: [inside(testBsns.no)] },
    ];
    expect((await refused(deep)).rules).toEqual(['handover-one-patient']);
    const same = fresh();
    resourceIn(same, 'Condition/cond-1').contained = [inside(testBsns.yes)];
    expect((await stage.push(same)).status).toBe(202);
  });

  test('another organisation as author by number, inside the Composition, or as a part, is refused', async () => {
    const other = otherHome.identifiers;
    const byNumber = fresh();
    resourceIn(byNumber, 'Composition/comp-1').author = [{ identifier: other[0] }];
    expect((await refused(byNumber)).rules).toEqual(['handover-sender-other']);
    const inside = fresh();
    const composed = resourceIn(inside, 'Composition/comp-1');
    composed.contained = [{ resourceType: 'Organization', id: 'o', identifier: other }];
    composed.custodian = { reference: '#o' };
    expect((await refused(inside)).rules).toEqual(['handover-sender-other']);
    const part: FhirResource = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: fresh() },
        { name: 'sender', resource: { resourceType: 'Organization', identifier: other } },
      ],
    };
    expect((await refused(part)).rules).toContain('handover-sender-other');
  });

  test('a Coverage of another patient is refused, by reference and by citizen service number', async () => {
    const byReference = fresh();
    resourceIn(byReference, 'Coverage/cov-1').beneficiary = { reference: 'Patient/somebody-else' };
    expect((await refused(byReference)).rules).toEqual(['handover-one-patient']);
    const byNumber = fresh();
    resourceIn(byNumber, 'Coverage/cov-1').beneficiary = {
      reference: 'Patient/pat-1',
      identifier: { system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value: testBsns.no },
    };
    expect((await refused(byNumber)).rules).toEqual(['handover-one-patient']);
  });

  test('the same person under another id, by name or by number, is no second patient', async () => {
    const byName = fresh();
    resourceIn(byName, 'Composition/comp-1').subject = { reference: 'Patient/pat-1', display: 'T. Proef' };
    resourceIn(byName, 'Coverage/cov-1').beneficiary = { reference: 'Patient/pat-old', display: 'T. Proef' };
    expect(await warned(byName)).toEqual(['handover-dangling']);
    const byNumber = fresh();
    const known = resourceIn(byNumber, 'Patient/pat-1');
    (byNumber.entry as Tree[]).push({ resource: { ...known, id: 'pat-old' } });
    resourceIn(byNumber, 'Coverage/cov-1').beneficiary = { reference: 'Patient/pat-old' };
    expect(await warned(byNumber)).toEqual([]);
  });
});

describe('who sends to whom', () => {
  test('content in the name of another participant is refused: the sender is the token', async () => {
    expect((await refused(fresh({ sender: otherHome }))).rules).toEqual(['handover-sender-other']);
    expect((await refused(fresh(), asking(stranger))).rules).toEqual(['handover-sender-other']);
  });

  test('content with an unregistered URA beside the own AGB is refused, one with unknown numbers is remarked on', async () => {
    const mixed: Participant = {
      ...hospital,
      identifiers: [...nobody.identifiers, ...hospital.identifiers.slice(1)],
    };
    expect((await refused(fresh({ sender: mixed }))).rules).toEqual(['handover-sender-other']);
    const unknown = participant({ id: 'x', name: 'Locatie Zuid', agb: '06999999' });
    expect(await warned(fresh({ sender: unknown }))).toEqual(['handover-sender-unknown']);
  });

  test.each<[string, Participant, string]>([
    ['an unknown receiver', nobody, 'handover-receiver-unknown'],
    ['a receiver by name only', { ...home, identifiers: [] }, 'handover-receiver-no-identifier'],
    [
      'an AGB of two organisations',
      { ...twin, identifiers: twin.identifiers.slice(1) },
      'handover-receiver-several',
    ],
    ['a receiver that takes no part any more', closed, 'handover-receiver-inactive'],
    ['a receiver without an endpoint', dumb, 'no-endpoint'],
    ['a receiver whose endpoint has run out', late, 'outside-period'],
  ])('%s is refused', async (_, receiver, rule) => {
    const before = (await stage.outbox()).length;
    expect((await refused(fresh({ receiver }))).rules).toContain(rule);
    expect(await stage.outbox()).toHaveLength(before);
  });

  test('a receiver in Parameters wins over the content, and says so', async () => {
    const body: FhirResource = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: fresh() },
        { name: 'receiver', valueIdentifier: otherHome.identifiers[0] },
      ],
    };
    expect(await warned(body)).toEqual(['handover-receiver-given']);
    expect((await stage.outbox()).at(-1)?.participant_id).toBe('other-home');
  });
});

describe('the forms that are accepted', () => {
  test('a collection, a searchset and a transaction with urn:uuid addresses are handovers too', async () => {
    expect(await warned({ ...fresh(), type: 'collection' })).toEqual([]);
    expect(await warned({ ...fresh(), type: 'searchset' })).toEqual([]);
    expect(await warned(asTransaction(fresh(), randomUUID))).toEqual([]);
  });

  test('fresh urn:uuids around the same content are the same content', async () => {
    const body = fresh();
    expect((await stage.push(asTransaction(body, randomUUID))).status).toBe(202);
    expect((await stage.push(asTransaction(body, randomUUID))).status).toBe(200);
  });

  test('old codes are accepted anywhere in the list, and the current one is written beside them', async () => {
    const body = fresh();
    resourceIn(body, 'Composition/comp-1').type = {
      coding: [
        { system: 'urn:oid:1.2.3', code: 'eigen' },
        { system: 'http://snomed.info/sct', code: '371535009' },
      ],
    };
    const answer = await stage.push(body);
    expect(answer.status).toBe(202);
    const { compositionId } = await stage.served(answer);
    const served = await stage.get(`Composition/${compositionId}`);
    expect(served.resource?.type).toMatchObject({
      coding: [
        { code: 'eigen' },
        { code: '371535009' },
        { system: 'http://snomed.info/sct', code: '11171000146100' },
      ],
    });
  });

  test('loose resources become a handoff, section by section', async () => {
    const body: FhirResource = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: bundle('collection', clinicalResources(), randomUUID()) },
        { name: 'receiver', valueIdentifier: home.identifiers[0] },
        { name: 'transferDate', valueDateTime: '2026-02' },
      ],
    };
    const answer = await stage.push(body);
    expect(answer.status).toBe(202);
    const { compositionId } = await stage.served(answer);
    const served = (await stage.get(`Composition/${compositionId}`)).resource;
    const found = new Map<string, number>();
    const visit = (list: readonly Section[]) => {
      for (const one of list) {
        found.set(one.code.coding[0]?.code ?? '', one.entry?.length ?? 0);
        visit(one.section ?? []);
      }
    };
    visit(served?.section as Section[]);
    expect(Object.fromEntries(found)).toMatchObject({
      '302147001': 1,
      '185362004': 3,
      '275645009': 1,
      '365512000': 1,
      '405623001': 2,
      '52870002': 1,
      '420134006': 1,
      '363788007': 1,
      '86644006': 1,
      '397966007': 1,
    });
    expect(JSON.stringify(served)).toContain('"valueDateTime":"2026-02"');
    expect((await stage.push(body)).status).toBe(200);
  });

  const envelope = (document: Tree, caseValue = randomUUID()): FhirResource => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'case', valueString: caseValue },
      { name: 'receiver', valueIdentifier: home.identifiers[1] },
      { name: 'transferDate', valueDate: '2026-01-16' },
      ...['patient', 'payer', 'sender', 'sender', 'practitioner', 'diagnosis'].map((name, index) => ({
        name,
        resource: clinicalResources().find(
          (one) =>
            `${one.resourceType}/${one.id}` ===
            [
              'Patient/pat-1',
              'Coverage/cov-1',
              'Practitioner/prac-1',
              'PractitionerRole/role-1',
              'Practitioner/prac-2',
              'Condition/cond-1',
            ][index],
        ),
      })),
      { name: 'document', ...document },
    ],
  });

  test('a minimal envelope with a PDF becomes a handoff with a document that can be fetched', async () => {
    const answer = await stage.push(
      envelope({
        valueAttachment: { contentType: 'application/pdf', title: 'Brief', data: pdf().toString('base64') },
      }),
    );
    expect(answer.status).toBe(202);
    const { compositionId } = await stage.served(answer);
    const document = await stage.get(`Composition/${compositionId}/$document`);
    const rows = document.resource?.entry as { resource: FhirResource }[];
    const reference = rows.find((row) => row.resource.resourceType === 'DocumentReference')?.resource;
    const [content] = (reference?.content ?? []) as { attachment: { url: string } }[];
    const url = content?.attachment.url ?? '';
    const binary = await stage.get(url);
    expect(Buffer.from(binary.raw?.bytes ?? []).toString()).toContain('%PDF-1.7');
    expect(binary.raw?.contentType).toBe('application/pdf');
  });

  test('the example of the manual is accepted as it stands there', async () => {
    const manual = readFileSync(new URL('../../docs/handover-api.md', import.meta.url), 'utf8');
    const [, example = ''] =
      /```json\n(\{\n {2}"resourceType": "Parameters"[\s\S]*?)\n```/.exec(manual) ?? [];
    const body = JSON.parse(example) as FhirResource;
    expect(checkShape(body, 'stu3')).toEqual([]);
    expect(await warned(body)).toEqual(['handover-pdfa']);
  });

  test('a document that is no PDF is refused, a PDF that is not PDF/A is remarked on', async () => {
    const text = Buffer.from('dit is een brief').toString('base64');
    expect(
      (await refused(envelope({ valueAttachment: { contentType: 'application/pdf', data: text } }))).rules,
    ).toEqual(['handover-pdf']);
    const plain = {
      resource: {
        resourceType: 'Binary',
        contentType: 'application/pdf',
        content: pdf(false).toString('base64'),
      },
    };
    expect(await warned(envelope(plain))).toContain('handover-pdfa');
  });

  test("the sender's Task names the receiver and the department, and its routing goes along", async () => {
    const url =
      'http://nuts-foundation.github.io/nl-generic-functions-ig/StructureDefinition/task-stu3-healthcareservice';
    const routing = { url, valueReference: { reference: 'https://lrza.example/HealthcareService/7' } };
    const task: FhirResource = {
      resourceType: 'Task',
      id: 'task-1',
      extension: [routing, { url: 'https://epd.example/own', valueString: 'x' }],
      status: 'in-progress',
      intent: 'order',
      owner: { identifier: otherHome.identifiers[0] },
    };
    const body = bundle('collection', [...clinicalResources(), task], randomUUID());
    const parameters: FhirResource = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: body },
        { name: 'transferDate', valueDate: '2026-01-16' },
      ],
    };
    const answer = await stage.push(parameters);
    const { taskId } = await stage.served(answer);
    const served = await stage.get(`Task/${taskId}`, asking(otherHome));
    expect(served.resource?.extension).toEqual([routing]);
  });

  test('what nothing leads to is named and not served', async () => {
    const body = fresh();
    (body.entry as Tree[]).push({
      resource: {
        resourceType: 'Flag',
        id: 'flag-9',
        status: 'active',
        code: { text: 'x' },
        subject: { reference: 'Patient/pat-1' },
      },
    });
    const answer = await stage.push(body);
    expect(JSON.stringify(answer.resource)).toContain(
      `Bundle.entry[${(body.entry as Tree[]).length - 1}].resource`,
    );
    const { compositionId } = await stage.served(answer);
    expect(
      JSON.stringify((await stage.get(`Composition/${compositionId}/$document`)).resource),
    ).not.toContain('"Flag"');
  });
});
