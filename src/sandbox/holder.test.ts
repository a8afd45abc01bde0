import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../fhir/bundles.ts';
import { readResource } from './fhirBody.ts';
import { fixtureRecords, fixtureText, otherPatientBsn, patientBsn, withDates } from './fixtures.ts';
import { type Dialect, type Holder, startHolder } from './holder.ts';
import { createKey, type SandboxKey } from './keys.ts';
import { listen, type SandboxServer } from './listen.ts';

const bsn = `http://fhir.nl/fhir/NamingSystem/bsn|${patientBsn}`;
const treatment =
  'scope=http://terminology.hl7.org/CodeSystem/consentscope|treatment&category=http://snomed.info/sct|129125009';

let gateway: SandboxServer;
let key: SandboxKey;
const started: Holder[] = [];

beforeAll(async () => {
  key = await createKey('gateway');
  gateway = await listen({ answer: async () => ({ status: 200, body: JSON.stringify(key.jwks) }) });
});
afterAll(() => Promise.all([gateway, ...started].map((one) => one.close())));

async function start(dialect: Partial<Dialect> = {}, fixture = 'wishes-gp.json'): Promise<Holder> {
  const holder = await startHolder({
    gatewayUrl: gateway.baseUrl,
    gatewayClientId: 'sluis',
    dialect: { fhirVersion: 'r4', search: 'post', patientParameter: 'reference', ...dialect },
    records: await fixtureRecords([fixture]),
    documents: [{ bsn: patientBsn, xml: await fixtureText('medication-pharmacy.xml') }],
  });
  started.push(holder);
  return holder;
}

async function tokenOf(holder: Holder): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'sluis', sub: 'sluis', aud: holder.tokenEndpoint, exp: now + 60, jti: randomUUID() };
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion: await key.sign(claims),
  });
  const answer = await fetch(holder.tokenEndpoint, { method: 'POST', body });
  return JSON.parse(await answer.text()).access_token;
}

async function ask(holder: Holder, path: string, form?: string) {
  const authorization = `Bearer ${await tokenOf(holder)}`;
  const method = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const answer = await fetch(path.startsWith('http') ? path : `${holder.fhirBase}/${path}`, {
    ...method,
    headers: { authorization },
  });
  const type = answer.headers.get('content-type') ?? '';
  const resource = readResource(new Uint8Array(await answer.arrayBuffer()), type, holder.dialect.fhirVersion);
  const ids = resource ? entriesOf(resource).map((one) => one.resource.id) : [];
  return { status: answer.status, type, resource, ids };
}

describe('a data holder of the sandbox', () => {
  it('answers nobody without its own token', async () => {
    const holder = await start();
    expect((await fetch(`${holder.fhirBase}/Patient/pat-1`)).status).toBe(401);
    expect((await ask(holder, 'Patient/pat-1')).resource?.id).toBe('pat-1');
  });

  it('finds a patient by number in a body, and refuses it in an address', async () => {
    const holder = await start();
    expect((await ask(holder, 'Patient/_search', `identifier=${bsn}`)).ids).toEqual(['pat-1']);
    expect((await ask(holder, `Patient?identifier=${bsn}`)).status).toBe(400);
  });

  it('gives the records of that patient alone, with what is included', async () => {
    const holder = await start();
    const query = `patient=Patient/pat-1&${treatment}&_include=Consent:actor`;
    const { ids } = await ask(holder, 'Consent/_search', query);
    expect(ids).toEqual(['cpr-2020', 'hospital-2020', 'pat-1', 'role-zeeman', 'dochter']);
    expect((await ask(holder, 'Consent/_search', `patient=Patient/pat-3&${treatment}`)).ids).toEqual([]);
  });

  it('refuses what its dialect does not know', async () => {
    const holder = await start({ patientParameter: 'id' });
    expect((await ask(holder, 'Consent/_search', `patient=pat-1&${treatment}`)).ids).toHaveLength(2);
    expect((await ask(holder, 'Consent/_search', `patient=Patient/pat-1&${treatment}`)).status).toBe(400);
    expect((await ask(holder, 'Consent/_search', `patient=pat-1&period=ge2020`)).status).toBe(400);
    expect((await ask(holder, 'Consent/_search', treatment)).status).toBe(400);
    expect((await ask(holder, `Consent?patient=pat-1&${treatment}`)).status).toBe(400);
  });

  it('speaks STU3 in XML, asked by GET, where its vendor does', async () => {
    const holder = await start(
      { fhirVersion: 'stu3', search: 'get', format: 'xml' },
      'wishes-nursing-home.json',
    );
    const answer = await ask(
      holder,
      'Consent?patient=Patient/p100&category=http://snomed.info/sct|11291000146105&_include=Consent:actor',
    );
    expect(answer.type).toContain('fhir+xml');
    expect(answer.ids).toEqual(['b1', 'b2', 'b3', 'vliet']);
  });

  it('gives a long answer page by page, under addresses that say nothing', async () => {
    const holder = await start();
    const links: string[] = [];
    const ids: unknown[] = [];
    let answer = await ask(holder, 'Consent/_search', `patient=Patient/pat-1&${treatment}&_count=1`);
    for (;;) {
      ids.push(...answer.ids);
      const next = Object(Object(answer.resource).link?.[0]).url;
      if (next === undefined) break;
      links.push(next);
      answer = await ask(holder, next);
    }
    expect(ids).toEqual(['cpr-2020', 'hospital-2020']);
    expect(links.join()).not.toContain('pat-1');
    expect((await ask(holder, links[0] ?? '')).status).toBe(404);
  });

  it('gives one document to one POST that names its patient', async () => {
    const holder = await start();
    const authorization = `Bearer ${await tokenOf(holder)}`;
    const post = (body: string) =>
      fetch(holder.documentAddress, {
        method: 'POST',
        body: new URLSearchParams(body),
        headers: { authorization },
      });
    expect(await (await post(`patient=${patientBsn}`)).text()).toContain('<adaxml');
    expect((await post(`patient=${otherPatientBsn}`)).status).toBe(204);
  });

  it('does what its switch says: another patient, another host, another type, an outcome', async () => {
    const holder = await start();
    const query = `patient=Patient/pat-1&${treatment}`;
    holder.faults.set({ kind: 'leak', path: '/fhir/Consent', times: 1 });
    expect((await ask(holder, 'Consent/_search', query)).ids).toContain('cpr-other');
    holder.faults.set({ kind: 'elsewhere', path: '/fhir/Consent', times: 1 });
    expect(JSON.stringify((await ask(holder, 'Consent/_search', query)).resource)).toContain(
      'http://localhost',
    );
    holder.faults.set({ kind: 'wrongType', path: '/fhir', times: 1 });
    expect((await ask(holder, 'Consent/_search', query)).type).toContain('text/html');
    holder.faults.set({ kind: 'outcome', path: '/fhir', times: 1 });
    expect((await ask(holder, 'Consent/_search', query)).resource?.resourceType).toBe('OperationOutcome');
    expect((await ask(holder, 'Consent/_search', query)).ids).toEqual(['cpr-2020', 'hospital-2020']);
  });
});

describe('dates in fixtures', () => {
  it('count in Dutch days from today, also in the form of HL7 v3', () => {
    const marks = '{{T}} {{T-1}} {{T+2}} {{hl7 T-30}}';
    expect(withDates(marks, new Date('2026-03-28T23:30:00Z'))).toBe(
      '2026-03-29 2026-03-28 2026-03-31 20260227',
    );
    expect(withDates('{{T+1}}', new Date('2026-10-24T22:10:00Z'))).toBe('2026-10-26');
  });
});
