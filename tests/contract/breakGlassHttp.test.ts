// Does the whole gateway keep break-glass and consent over HTTP, from the assertion to the holder that is told?
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/http/log.ts';
import { createCaller } from '../../src/sandbox/caller.ts';
import { freePort, writeGatewayFolder } from '../../src/sandbox/gatewayFolder.ts';
import { createKey, type SandboxKey } from '../../src/sandbox/keys.ts';

const bsn = '999911120';
const uraSystem = 'http://fhir.nl/fhir/NamingSystem/ura';
let folder: string;
let gateway: Gateway;
let gpServer: Server;
const heard: string[] = [];
const asked: string[] = [];
const logged: string[] = [];
const keys: Record<string, SandboxKey> = {};

const clientOf = (id: string, scopes: string[]) => ({
  clientId: `${id}-system`,
  scopes,
  ...(keys[id] ? { jwks: keys[id].jwks } : {}),
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-glass-'));
  gpServer = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (request.url?.startsWith('/notify')) heard.push(`${request.url} ${body}`);
      else asked.push(`${request.method} ${request.url}`);
      const empty = { resourceType: 'Bundle', type: 'searchset', total: 0 };
      response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(empty));
    });
  });
  await new Promise<void>((resolve) => gpServer.listen(0, '127.0.0.1', resolve));
  const { port: gpPort } = gpServer.address() as AddressInfo;
  for (const id of ['crew', 'gp', 'facility']) keys[id] = await createKey(id);
  const [port, opsPort] = [await freePort(), await freePort()];
  const notification = { id: 'inbox', address: `http://127.0.0.1:${gpPort}/notify`, shape: 'A' };
  const holds = {
    id: 'fhir',
    kind: 'fhir' as const,
    exchanges: ['wishes'],
    address: `http://127.0.0.1:${gpPort}/fhir`,
  };
  const { settingsFile } = await writeGatewayFolder({
    folder,
    port,
    opsPort,
    participants: [
      {
        id: 'crew',
        name: 'Ambulance',
        ura: '90000002',
        facilityType: 'AMB',
        clients: [clientOf('crew', ['break-glass', 'wishes'])],
        endpoints: [],
      },
      {
        id: 'gp',
        name: 'GP',
        ura: '90000001',
        facilityType: 'Z3',
        clients: [clientOf('gp', ['break-glass'])],
        endpoints: [notification],
        dataEndpoints: [holds],
      },
      {
        id: 'facility',
        name: 'Facility',
        ura: '90000005',
        clients: [clientOf('facility', ['consent'])],
        endpoints: [],
      },
    ],
    settings: { consent: { breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] } } },
  });
  const log = createLog('info', { write: (line) => void logged.push(line) });
  gateway = await startGateway(loadConfig(settingsFile, {}), { log, clock: () => new Date() });
}, 30_000);
afterAll(async () => {
  await gateway?.stop();
  gpServer.close();
  rmSync(folder, { recursive: true });
});

const callerOf = (id: string, scope: string, claims: Record<string, unknown> = {}) => {
  const key = keys[id];
  if (!key) throw new Error(`no key of ${id}`);
  return createCaller({ gatewayUrl: gateway.baseUrl, clientId: `${id}-system`, key, scope, claims });
};
const asks = (purpose: string) => ({
  extensions: {
    'hl7-b2b': {
      version: '1',
      subject_id: 'urn:oid:2.16.528.1.1007.3.1#000095254',
      subject_role: '01.071',
      organization_id: `${uraSystem}#90000002`,
      purpose_of_use: [purpose],
    },
  },
});
const grantBody = {
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'patient',
      valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn },
    },
    { name: 'reason', valueString: 'Reanimatie op straat, patient is niet aanspreekbaar' },
  ],
};

describe('over HTTP', () => {
  test('a crew opens a grant with what its assertion says, and not with another purpose', async () => {
    const crew = callerOf('crew', 'break-glass', asks('ETREAT'));
    const opened = await crew.call({ method: 'POST', path: '/r4/$break-glass', resource: grantBody });
    expect(opened.status).toBe(200);
    expect(opened.resource).toMatchObject({
      parameter: [{ name: 'breakGlass' }, { name: 'stage', valueInteger: 1 }, { name: 'until' }],
    });
    const treating = callerOf('crew', 'break-glass', asks('TREAT'));
    const refused = await treating.call({ method: 'POST', path: '/r4/$break-glass', resource: grantBody });
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.resource)).not.toContain(bsn);
  });

  test('a facility registers and withdraws a consent, and is told the place of what is wrong', async () => {
    const facility = callerOf('facility', 'consent');
    const consent = {
      resourceType: 'Consent',
      identifier: [{ system: 'urn:facility', value: '1' }],
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      policyRule: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }],
      },
      patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn } },
      provision: { type: 'deny' },
    };
    const post = (resource: typeof consent | object) =>
      facility.call({
        method: 'POST',
        path: '/r4/$register-consent',
        resource: { resourceType: 'Consent', ...resource },
      });
    expect((await post(consent)).status).toBe(201);
    const wrong = await post({ ...consent, provision: { type: 'deny', dataPeriod: { end: '2020' } } });
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.resource)).toContain('Consent.provision.dataPeriod');
    const withdrawn = await facility.call({
      method: 'POST',
      path: '/r4/$withdraw-consent',
      resource: {
        resourceType: 'Parameters',
        parameter: [{ name: 'identifier', valueIdentifier: { system: 'urn:facility', value: '1' } }],
      },
    });
    expect(withdrawn.status).toBe(200);
  });

  test('a record that a grant opens is asked for, and the GP hears of it and reads why; without it, nothing', async () => {
    const question = { ...grantBody, parameter: grantBody.parameter.slice(0, 1) };
    const ask = (purpose: string) =>
      callerOf('crew', 'wishes', asks(purpose)).call({
        method: 'POST',
        path: '/r4/$wishes',
        resource: question,
      });
    await ask('TREAT');
    expect(asked).toEqual([]);
    expect((await ask('ETREAT')).status).toBe(200);
    expect(asked.length).toBeGreaterThan(0);
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1);
    const [, taskId = ''] = /\/([0-9a-f-]{36})/.exec(heard[0] ?? '') ?? [];
    const told = await callerOf('gp', 'break-glass').call({ path: `/r4/Task/${taskId}` });
    expect(told.resource).toMatchObject({
      for: { identifier: { value: bsn } },
      requester: { display: 'Ambulance' },
      reasonCode: { text: 'Reanimatie op straat, patient is niet aanspreekbaar' },
    });
    expect((await callerOf('crew', 'break-glass').call({ path: `/r4/Task/${taskId}` })).status).toBe(404);
  }, 20_000);

  test('nothing that was logged names the patient', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('')).not.toContain(bsn);
    expect(heard.join('')).not.toContain(bsn);
  });
});
