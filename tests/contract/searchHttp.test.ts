// Is a search over HTTP what it says? Its form, its address, its method, and nothing of a patient in either log or link.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exchangePort } from '../../src/app/exchangePort.ts';
import { createDataListener } from '../../src/http/dataListener.ts';
import type { ExchangePort } from '../../src/http/deps.ts';
import type { Requester } from '../../src/model.ts';
import { bsn } from '../world/wishes.ts';
import {
  bsnSystem,
  directive,
  directives,
  type FederatedStage,
  openFederated,
  relative,
} from './federatedStage.ts';
import { type HttpStage, startHttp } from './httpStage.ts';
import { asking } from './retrievalStage.ts';

let stage: FederatedStage;
let http: HttpStage;
let url: string;
let token: string;
let server: ReturnType<typeof createDataListener>;

beforeAll(async () => {
  stage = await openFederated();
  await stage.record(true);
  http = await startHttp(stage.store);
  const port = exchangePort(stage.deps);
  // the token of the cast says nothing of person and purpose
  const { practitioner, purposeOfUse, participant } = asking();
  const claims = { practitioner, purposeOfUse } as Pick<Requester, 'practitioner' | 'purposeOfUse'>;
  const answer: ExchangePort['answer'] = (request, requester) =>
    port.answer(request, { ...requester, ...claims, participant });
  server = createDataListener({ ...http.listenerDeps, exchange: { ...port, answer } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r4`;
  token = await http.token();
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await http.end();
  await stage.end();
});
beforeEach(() => {
  stage.servers.gp.seen.length = 0;
  stage.servers.gp.found.Consent = [directive('c1'), relative()];
});

const formType = 'application/x-www-form-urlencoded';
type Sent = { method?: string; body?: string; type?: string | undefined };

async function send(path: string, { method = 'GET', body, type = formType }: Sent = {}) {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    accept: 'application/fhir+json',
  };
  if (body !== undefined) headers['content-type'] = type;
  const answer = await fetch(`${url}/${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    json: text === '' ? undefined : JSON.parse(text),
    headers: answer.headers,
  };
}

const post = (path: string, body: string, type?: string) => send(path, { method: 'POST', body, type });
const formOf = (pairs: readonly (readonly [string, string])[]) =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
const patientId = async () => {
  const found = await post('Patient/_search', formOf([['identifier', `${bsnSystem}|${bsn}`]]));
  return found.json.entry[0].resource.id as string;
};

const batchAt = (address: string, body: string) =>
  fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body,
  });

describe('a search over HTTP', () => {
  it('is the same by GET, by POST, and for HEAD without its body', async () => {
    const pairs = directives(await patientId(), ['_include', 'Consent:actor']);
    const [got, posted] = [
      await send(`Consent?${formOf(pairs)}`),
      await post('Consent/_search', formOf(pairs)),
    ];
    expect([got.status, posted.status]).toEqual([200, 200]);
    expect(posted.json.entry).toEqual(got.json.entry);
    expect(got.headers.get('cache-control')).toBe('no-store');
    const asked = stage.servers.gp.seen.length;
    const head = await send(`Consent?${formOf(pairs)}`, { method: 'HEAD' });
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      String(got.text.length),
    ]);
    expect(stage.servers.gp.seen.length).toBeGreaterThan(asked);
    expect((await send(`Consent?${formOf(directives('x'))}`, { method: 'HEAD' })).status).toBe(404);
  });

  it('may have its parameters in both, but none of them twice', async () => {
    const [patient, ...rest] = directives(await patientId());
    const both = await post(`Consent/_search?${formOf(rest)}`, formOf(patient ? [patient] : []));
    expect(both.status).toBe(200);
    const twice = await post(`Consent/_search?${formOf(rest)}`, formOf(directives(await patientId())));
    expect([twice.status, twice.text.includes('query-double')]).toEqual([400, true]);
  });

  it.each([
    { what: 'a name twice in the address', path: 'Consent?patient=1&patient=2', status: 400 },
    { what: 'a name twice in the form', body: 'patient=1&patient=2', status: 400 },
    { what: 'a value that hides another', path: 'Consent?patient=1%26patient%3D2', status: 422 },
    { what: 'nested names', path: 'Consent?a[b][c]=1', status: 400 },
    { what: 'a prototype', body: '__proto__=1', status: 422 },
    { what: 'nothing at all', body: '', status: 422 },
    { what: 'the form of the answer in the form', body: '_format=xml', status: 422 },
    { what: 'a name that is none', body: 'a%20b=1', status: 400 },
    { what: 'a bad encoding', body: 'patient=%zz', status: 400 },
    {
      what: 'fifty-one parameters',
      body: Array.from({ length: 51 }, (_, i) => `a${i}=1`).join('&'),
      status: 400,
    },
    { what: 'very many parameters', body: 'a=1&'.repeat(3_000), status: 400 },
    { what: 'too much', body: `patient=${'a'.repeat(1_100_000)}`, status: 413 },
  ])('refuses $what', async ({ path, body, status }) => {
    const answer = body === undefined ? await send(path ?? '') : await post('Consent/_search', body);
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
    expect(stage.servers.gp.seen).toEqual([]);
  });

  it('takes a form and nothing else as its body, and nothing else takes a form', async () => {
    const form = formOf(directives(await patientId()));
    for (const type of [
      'application/fhir+json',
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      `${formType}; charset=utf-16`,
    ])
      expect([type, (await post('Consent/_search', form, type)).status]).toEqual([type, 415]);
    expect((await post('Consent/_search', form, `${formType}; charset=UTF-8`)).status).toBe(200);
    expect((await post('$wishes', form)).status).toBe(415);
    expect((await send('Consent?patient=1', { method: 'POST', body: form })).status).toBe(405);
  });

  it('holds no BSN in its address, and leaves none in link or log', async () => {
    for (const path of [
      `Patient?identifier=${bsnSystem}|${bsn}`,
      `Patient/${bsn}`,
      `Consent?patient=${bsn}`,
      `MedicationRequest?patient.identifier=${bsnSystem}|${bsn}`,
    ])
      expect([path, (await send(path)).status]).toEqual([path, 400]);
    expect((await post(`Patient/_search?identifier=${bsnSystem}|${bsn}`, '')).status).toBe(400);
    const found = await send(`Consent?${formOf(directives(await patientId()))}`);
    expect(found.text).not.toContain(bsn);
    expect(http.lines.join('')).not.toContain(bsn);
    expect(http.lines.join('')).toContain('"route":"/r4/Consent"');
  });

  it('is no side door: no batch, no read by an id learned elsewhere, no other method', async () => {
    const id = await patientId();
    const found = await send(`Consent?${formOf(directives(id))}`);
    const served = found.json.entry[0].resource.id as string;
    const before = stage.servers.gp.seen.length;
    const batch = JSON.stringify({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ request: { method: 'GET', url: `Consent?${formOf(directives(id))}` } }],
    });
    const refused = [
      await batchAt(`${url}?`, batch),
      await send(`Consent/${served}`),
      await send(`Patient/${id}/$everything`),
      await send(`Consent/${served}/_history`),
      await send(`Consent?${formOf(directives(id))}`, { method: 'PUT' }),
      await send(`Consent?${formOf(directives(id))}`, { method: 'DELETE' }),
      await send('Consent/_search'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([422, 404, 404, 404, 405, 405, 405]);
    expect(stage.servers.gp.seen.length).toBe(before);
  });

  it('tells what is allowed, in words', async () => {
    const wider = await send(`Consent?patient=1`);
    expect(wider.status).toBe(422);
    expect(wider.text).toContain('Allowed here: Consent?patient=Patient/[id]&scope=');
    expect(wider.text).toContain('search-not-supported');
  });

  it('is in the capability statement with parameters and includes', async () => {
    const { json } = await send('metadata');
    const rows = json.rest[0].resource as { type: string; [element: string]: unknown }[];
    const consent = rows.find(({ type }) => type === 'Consent');
    expect(consent).toMatchObject({
      interaction: [{ code: 'search-type' }],
      searchInclude: ['Consent:actor'],
      searchParam: expect.arrayContaining([
        { name: 'category', type: 'token', documentation: expect.any(String) },
      ]),
    });
    const dispense = rows.find(({ type }) => type === 'MedicationDispense');
    expect(dispense).toMatchObject({ operation: [{ name: 'latest-stops' }] });
    expect(JSON.stringify(json)).not.toContain('$page');
  });
});
