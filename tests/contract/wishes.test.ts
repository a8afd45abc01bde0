// Does $wishes give a crew one card that it can trust, with all that it rests on, and refuse a question that is not right?
import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, it } from 'vitest';
import { holderOfServed } from '../../src/exchange/answers/servedIds.ts';
import { openLink } from '../../src/exchange/pages/links.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import { eachReference } from '../../src/fhir/references.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import { printXml } from '../../src/fhir/xml.ts';
import type { FhirResource, FhirResponse } from '../../src/model.ts';
import {
  bsn,
  changed,
  codes,
  otherBsn,
  patient,
  r4Directive,
  r4Form,
  stu3Directive,
} from '../world/wishes.ts';
import { status } from './faultyReceiver.ts';
import { parametersOf } from './holderServer.ts';
import { asking, gp, home, openRetrieval, question, type RetrievalStage } from './retrievalStage.ts';
import { storeKinds } from './storesUnderTest.ts';

type Opening = Parameters<typeof openRetrieval>[0];
let stage: RetrievalStage;
afterEach(() => stage.end());
const open = async (opening?: Opening): Promise<RetrievalStage> => {
  stage = await openRetrieval(opening);
  await stage.record(true);
  return stage;
};

const resourcesOf = ({ resource }: FhirResponse): FhirResource[] =>
  resource === undefined ? [] : entriesOf(resource).map((entry) => entry.resource);
const ofType = (response: FhirResponse, type: string): FhirResource[] =>
  resourcesOf(response).filter(({ resourceType }) => resourceType === type);
const textOf = ({ data }: FhirResource): string => Buffer.from(String(data), 'base64').toString('utf8');
const cardIn = (response: FhirResponse) => JSON.parse(textOf(resourcesOf(response)[1] as FhirResource));
const card = ({ raw }: FhirResponse) => JSON.parse(Buffer.from(raw?.bytes ?? []).toString('utf8'));
const bareCard = { name: 'answer', valueCode: 'card' };
const withoutTimes = (of: { holders: { retrieved?: string }[] }) => ({
  ...of,
  holders: of.holders.map(({ retrieved, ...holder }) => holder),
});
const line = (of: { lines: { key: string }[] }, key: string) => of.lines.find((one) => one.key === key);
const stu3 = { fhirVersion: 'stu3', search: 'get' } as const;

describe.each(storeKinds)('$wishes, on %s', (kind) => {
  it('answers with the card, the records by holder with their source, and who did not answer', async () => {
    const { wishes, servers, audit } = await open({ kind, homeEndpoint: stu3 });
    servers.gp.found.Consent = [r4Directive(codes.cpr, 'permit', '2020-01-01')];
    const source = stu3Directive(codes.cpr, 'NEE', { verified: '2025-01-01' });
    servers.home.found.Consent = [source];
    const response = await wishes();
    expect(response.status).toBe(200);
    expect(checkShape(response.resource as FhirResource, 'r4')).toEqual([]);
    expect(printXml(response.resource as FhirResource, 'r4')).toContain('<Bundle');

    const types = resourcesOf(response).map(({ resourceType }) => resourceType);
    expect(types.slice(0, 2)).toEqual(['Composition', 'Binary']);
    expect(line(cardIn(response), 'cpr')).toMatchObject({
      decision: 'do_not',
      conflict: 'weak',
      holder: home.name,
    });
    const consents = ofType(response, 'Consent');
    expect(consents.map(({ provision }) => (provision as { type?: string }).type).sort()).toEqual([
      'deny',
      'permit',
    ]);
    const sources = ofType(response, 'Binary').slice(1);
    expect(sources.map(textOf).map((text) => JSON.parse(text))).toContainEqual(source);
    expect((await audit()).at(-1)).toMatchObject({
      event: 'wishes.card',
      outcome: 'success',
      purposeOfUse: 'TREAT',
    });
  });
});

describe('what the answer holds', () => {
  it('says of each resource from which holder it came, and by which map', async () => {
    const { wishes, servers } = await open({ homeEndpoint: stu3 });
    servers.gp.found.Consent = [r4Directive(codes.cpr, 'deny', '2025-01-01')];
    servers.home.found.Consent = [stu3Directive(codes.icu, 'NEE', { verified: '2025-01-01' })];
    const response = await wishes();
    const origins = ofType(response, 'Provenance');
    const told = origins.flatMap(({ target }) =>
      (target as { reference: string }[]).map((one) => one.reference),
    );
    const carried = resourcesOf(response)
      .slice(2)
      .filter(({ resourceType }) => !['Provenance', 'Binary', 'OperationOutcome'].includes(resourceType))
      .map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(told.sort()).toEqual(carried.sort());
    const agents = new Set(origins.map(({ agent }) => JSON.stringify(agent)));
    expect([...agents].filter((one) => one.includes(gp.ura) || one.includes(home.ura))).toHaveLength(2);
    const mapped = origins.filter(({ extension }) => extension !== undefined);
    for (const { extension, entity } of mapped) {
      expect(extension).toMatchObject([{ valueString: 'stu3-to-r4' }]);
      expect(entity).toMatchObject([
        { role: 'source', what: { reference: expect.stringMatching(/^Binary\//) } },
      ]);
    }
  });

  it('gives ids that lead back to their holder, and references that stay within the answer', async () => {
    const { wishes, servers, deps } = await open();
    servers.gp.found.Consent = [r4Directive(codes.cpr, 'deny', '2025-01-01')];
    const response = await wishes();
    const [consent] = ofType(response, 'Consent');
    const holders = ['gp', 'home'].map((id) => ({ participant: { id }, endpoint: { id: 'wishes' } }));
    expect(holderOfServed(deps.store, String(consent?.id), holders)?.participant.id).toBe('gp');
    const ids = new Set(resourcesOf(response).map(({ resourceType, id }) => `${resourceType}/${id}`));
    eachReference(response.resource, ({ reference }) => {
      if (typeof reference === 'string') expect(ids).toContain(reference);
    });
    const again = ofType(await wishes(), 'Consent')[0];
    expect(again?.id).toBe(consent?.id);
  });

  it('makes resources of a form, and keeps the form', async () => {
    const { wishes, servers } = await open({ homeEndpoint: { method: 'form' } });
    const form = r4Form({ 1386: { decision: '2' } }, '2025-02-03', { source: { reference: 'Patient/p1' } });
    servers.home.found.QuestionnaireResponse = [form];
    const response = await wishes();
    expect(servers.home.asked()).toEqual(['POST Patient/_search', 'POST QuestionnaireResponse/_search']);
    expect(line(cardIn(response), 'cpr')).toMatchObject({ decision: 'do_not', method: 'form' });
    expect(ofType(response, 'QuestionnaireResponse')).toHaveLength(1);
    expect(ofType(response, 'Consent')).toMatchObject([{ provision: { type: 'deny' } }]);
    const sources = ofType(response, 'Binary').slice(1).map(textOf);
    expect(sources.map((text) => JSON.parse(text))).toContainEqual(form);
  });

  it.each([
    ['form', 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020'],
    ['oldForm', 'https://fhir.iknl.nl/fhir/Questionnaire/ACP-zib2020'],
  ] as const)(
    'asks for the form at the address under which the holder has it: %s',
    async (method, address) => {
      const { wishes, servers } = await open({ homeEndpoint: { method } });
      servers.home.found.QuestionnaireResponse = [
        r4Form({ 1386: { decision: '2' } }, '2025-02-03', {
          source: { reference: 'Patient/p1' },
          questionnaire: `${address}|0.1.3-beta3`,
        }),
      ];
      expect(line(cardIn(await wishes()), 'cpr')).toMatchObject({ decision: 'do_not', method: 'form' });
      const asked = servers.home.seen.filter(({ url }) => url.includes('QuestionnaireResponse'));
      expect(asked.map((one) => parametersOf(one).get('questionnaire'))).toEqual([address]);
    },
  );

  it('names with one OperationOutcome each who refused, who failed and what was kept back', async () => {
    const { wishes, servers, record } = await open();
    await record(false, gp);
    servers.home.found.Goal = status(503);
    servers.home.found.Consent = [
      r4Directive(codes.cpr, 'deny', '2025-01-01'),
      changed(r4Directive(codes.icu, 'deny', '2025-01-01'), { meta: { security: [{ code: 'V' }] } }),
    ];
    const response = await wishes();
    const outcomes = ofType(response, 'OperationOutcome');
    expect(outcomes).toHaveLength(2);
    const texts = outcomes.map((one) => JSON.stringify(one));
    expect(texts.find((text) => text.includes(gp.ura))).toMatch(/suppressed.*no-consent.*has not allowed it/);
    expect(texts.find((text) => text.includes(home.ura))).toMatch(/incomplete.*security-label/);
    expect(cardIn(response)).toMatchObject({ incomplete: true });
  });

  it('reads no more of a holder than anybody has, and says so', async () => {
    const { wishes, servers, audit } = await open();
    servers.gp.found.Consent = Array.from({ length: 600 }, () =>
      r4Directive(codes.cpr, 'deny', '2025-01-01'),
    );
    const response = await wishes();
    expect(ofType(response, 'Consent').length).toBeLessThan(500);
    const [outcome] = ofType(response, 'OperationOutcome');
    expect(JSON.stringify(outcome)).toMatch(/incomplete.*too-many/);
    expect(cardIn(response)).toMatchObject({ incomplete: true });
    const alone = card(await wishes(question(bsn, bareCard)));
    expect(alone).toMatchObject({ incomplete: true, holders: withoutTimes(cardIn(response)).holders });
    expect((await audit()).at(-1)).toMatchObject({ event: 'wishes.card', detail: { resources: 602 } });
  });

  it('never says that there are no limits when nobody answered', async () => {
    const { wishes, servers } = await open();
    for (const server of Object.values(servers)) server.standard = status(500);
    const answer = cardIn(await wishes());
    expect(answer.incomplete).toBe(true);
    expect(answer.lines.map(({ decision }: { decision: string }) => decision)).toEqual(
      Array(7).fill('no_record'),
    );
    expect(answer.holders.map(({ state }: { state: string }) => state)).toEqual(['failed', 'failed']);
  });
});

describe('the bare card', () => {
  it('comes by parameter and by media type, asks for no more than it shows, and stays under 5 KB', async () => {
    const { wishes, servers } = await open();
    servers.gp.found.Consent = [r4Directive(codes.cpr, 'deny', '2025-01-01')];
    const native = 'application/vnd.sluis.card+json';
    for (const response of [
      await wishes(question(bsn, bareCard)),
      await wishes(question(), asking(), { native }),
    ]) {
      expect(response.resource).toBeUndefined();
      expect(response.raw?.contentType).toBe(native);
      expect(response.raw?.bytes.length).toBeLessThanOrEqual(5_000);
      expect(line(card(response), 'cpr')).toMatchObject({ decision: 'do_not' });
    }
    expect(servers.gp.asked().filter((one) => /Observation|Procedure|Device/.test(one))).toEqual([]);
  });

  it('looks from the moment that was asked', async () => {
    const { wishes, servers } = await open();
    servers.gp.found.Consent = [
      r4Directive(codes.cpr, 'permit', '2020-01-01'),
      r4Directive(codes.cpr, 'deny', '2025-01-01'),
    ];
    const at = (day: string) => wishes(question(bsn, bareCard, { name: 'at', valueDate: day }));
    expect(line(card(await at('2024-06-01')), 'cpr')).toMatchObject({ decision: 'do' });
    expect(line(card(await at('2025-06-01')), 'cpr')).toMatchObject({ decision: 'do_not' });
  });

  it('comes as a page behind a link that works once', async () => {
    const { wishes, servers, deps } = await open();
    servers.gp.found.Consent = [r4Directive(codes.cpr, 'deny', '2025-01-01')];
    const response = await wishes(question(bsn, bareCard, { name: 'link', valueBoolean: true }));
    const [, token = ''] = /\/card\/([\w-]+)>; rel="alternate"/.exec(response.headers?.Link ?? '') ?? [];
    expect(response.headers?.Link).not.toContain(bsn);
    const link = { kind: 'card', token, requestId: 'request-2' } as const;
    expect(await openLink(link, deps)).toContain('Aagje Proef');
    await expect(openLink(link, deps)).rejects.toMatchObject({ kind: 'notFound' });
    const whole = await wishes(question(bsn, { name: 'link', valueBoolean: true }));
    const url = expect.stringMatching(/^https:\/\/gateway\.example\/card\/[\w-]{43}$/);
    expect(whole.resource?.link).toEqual([{ relation: 'alternate', url }]);
    expect((await wishes()).headers?.Link).toBeUndefined();
  });
});

describe('a question that is not right', () => {
  const place = 'Parameters.parameter[1]';
  const wrong: readonly [string, FhirResource, { rule: string; expression: readonly string[] }][] = [
    ['no Parameters', patient(), { rule: 'parameters-missing', expression: ['Patient'] }],
    [
      'no patient',
      { resourceType: 'Parameters', parameter: [] },
      { rule: 'patient-missing', expression: ['Parameters.parameter'] },
    ],
    [
      'the patient as text',
      { resourceType: 'Parameters', parameter: [{ name: 'patient', valueString: 'somebody' }] },
      { rule: 'patient-identifier', expression: ['Parameters.parameter[0]'] },
    ],
    ['no valid BSN', question('123456789'), { rule: 'patient-bsn', expression: ['Parameters.parameter[0]'] }],
    [
      'an unknown parameter',
      question(bsn, { name: 'x', valueCode: 'x' }),
      { rule: 'parameter-unknown', expression: [place] },
    ],
    [
      'two patients',
      question(bsn, { name: 'patient', valueIdentifier: { system: 'x', value: 'y' } }),
      { rule: 'parameter-repeated', expression: [place] },
    ],
    [
      'a moment that is none',
      question(bsn, { name: 'at', valueDateTime: 'soon' }),
      { rule: 'moment-unreadable', expression: [place] },
    ],
    [
      'a moment far away',
      question(bsn, { name: 'at', valueDate: '1900-01-01' }),
      { rule: 'moment-range', expression: [place] },
    ],
    [
      'a BSN as practitioner',
      question(bsn, {
        name: 'practitioner',
        valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: otherBsn },
      }),
      { rule: 'bsn-misplaced', expression: [place] },
    ],
    [
      'the BSN as grant',
      question(bsn, { name: 'breakGlass', valueString: bsn }),
      { rule: 'bsn-misplaced', expression: [place] },
    ],
    [
      'another purpose than the token',
      question(bsn, { name: 'purposeOfUse', valueCode: 'COC' }),
      { rule: 'differs-from-token', expression: [place] },
    ],
    [
      'another role than the token',
      question(bsn, { name: 'role', valueCode: '01.015' }),
      { rule: 'differs-from-token', expression: [place] },
    ],
    [
      'a purpose of another system',
      question(bsn, { name: 'purposeOfUse', valueCoding: { system: 'urn:other', code: 'TREAT' } }),
      { rule: 'code-system', expression: [place] },
    ],
    [
      'an empty purpose',
      question(bsn, { name: 'purposeOfUse', valueCode: ' ' }),
      { rule: 'value-empty', expression: [place] },
    ],
    [
      'a value of another type',
      question(bsn, { name: 'link', valueString: 'yes' }),
      { rule: 'value-type', expression: [place] },
    ],
  ];

  it.each(wrong)('%s is refused at its place, and nobody is asked', async (_, body, issue) => {
    const { wishes, servers, audit } = await open();
    const refused = await wishes(body).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'unprocessable', reason: issue.rule });
    expect((refused as { issues: unknown[] }).issues).toContainEqual(expect.objectContaining(issue));
    expect(JSON.stringify((refused as { issues: unknown[] }).issues)).not.toMatch(/\d{9}/);
    expect(servers.gp.seen.length + servers.home.seen.length).toBe(0);
    expect((await audit()).at(-1)).toMatchObject({ event: 'wishes.card', outcome: 'refused' });
  });

  it('what the token does not say may stand in the question', async () => {
    const { wishes } = await open();
    const { practitioner: _, purposeOfUse: __, ...bare } = asking();
    const identifier = { system: 'urn:oid:2.16.528.1.1007.3.1', value: '900000711' };
    const response = await wishes(
      question(
        bsn,
        { name: 'practitioner', valueIdentifier: identifier },
        { name: 'role', valueCoding: { system: 'urn:oid:2.16.840.1.113883.2.4.15.111', code: '30.000' } },
        { name: 'purposeOfUse', valueCode: 'TREAT' },
      ),
      bare,
    );
    expect(response.status).toBe(200);
  });

  it('without the scope it is refused', async () => {
    const { wishes } = await open();
    await expect(wishes(question(), asking({ scopes: ['medication'] }))).rejects.toMatchObject({
      kind: 'denied',
      reason: 'scope-missing',
    });
  });
});
