// Is each operation that the gateway lists also defined? Its address leads to a definition that our own validator accepts.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilityStatement, exchanges, operationDefinition } from '../../src/exchange/index.ts';
import { createDataListener } from '../../src/http/dataListener.ts';
import type { FhirResource, FhirVersion } from '../../src/model.ts';
import { openValidator, validationSettings } from '../../src/validation/index.ts';
import { startHttp, tinyExchange } from './httpStage.ts';
import { prepareGround } from './storesUnderTest.ts';

const about = { baseUrl: 'https://gateway.example', version: '0.1.0' };
const versions: readonly FhirVersion[] = ['stu3', 'r4'];
const validator = openValidator(validationSettings.parse({ timeoutMs: 30_000 }));
const errorsIn = (resource: FhirResource, version: FhirVersion) =>
  validator
    .validate(resource, { version })
    .filter(({ severity }) => severity !== 'warning' && severity !== 'information');

type Row = { name: string; definition: string | { reference: string } };
type Rest = { resource?: { operation?: Row[] }[]; operation?: Row[] };

function rowsOf(version: FhirVersion): { name: string; address: string }[] {
  const [rest] = capabilityStatement(version, about).rest as Rest[];
  const rows = [...(rest?.operation ?? []), ...(rest?.resource ?? []).flatMap((one) => one.operation ?? [])];
  return rows.map(({ name, definition }) => ({
    name,
    address: typeof definition === 'string' ? definition : definition.reference,
  }));
}

const transactionsOf = (version: FhirVersion) =>
  exchanges.flatMap(({ transactions }) => transactions).filter((one) => one.version === version);

describe.each(versions)('the operations of %s', (version) => {
  let ask: (path: string, init?: RequestInit) => Promise<Response>;
  let end: () => Promise<void>;

  beforeAll(async () => {
    const ground = await prepareGround('sqlite');
    const stage = await startHttp(await ground.open());
    const exchange = {
      ...tinyExchange([], { current: () => ({ status: 200 }) }),
      capabilityStatement: (one: FhirVersion) => capabilityStatement(one, about),
      operationDefinition: (one: FhirVersion, name: string) =>
        operationDefinition({ version: one, name }, about),
    };
    const listener = createDataListener({ ...stage.listenerDeps, exchange });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    ask = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
    end = async () => {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      await stage.end();
      await ground.end();
    };
  });
  afterAll(() => end());

  it('are all listed, and the statement fits', () => {
    const declared = transactionsOf(version).flatMap(({ interaction }) =>
      interaction.kind === 'operation' ? [interaction.name] : [],
    );
    expect(
      rowsOf(version)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(declared.sort());
    expect(errorsIn(capabilityStatement(version, about), version)).toEqual([]);
  });

  it('lead to a definition here, read without a token, or to one of a standard', async () => {
    for (const { name, address } of rowsOf(version)) {
      if (!address.startsWith(about.baseUrl)) {
        expect(address).toMatch(/^http:\/\/(hl7\.org|nictiz\.nl)\/fhir\/OperationDefinition\//);
        continue;
      }
      const answer = await ask(address.slice(about.baseUrl.length));
      expect([name, answer.status]).toEqual([name, 200]);
      const definition = (await answer.json()) as FhirResource;
      expect(definition).toMatchObject({ id: name, code: name, url: address, status: 'active' });
      expect([name, errorsIn(definition, version)]).toEqual([name, []]);
    }
  });

  it('say where they are called and what they take', () => {
    const own = transactionsOf(version).filter(
      ({ interaction }) => interaction.kind === 'operation' && interaction.definition === undefined,
    );
    expect(own.length).toBeGreaterThan(0);
    for (const { interaction, path } of own) {
      if (interaction.kind !== 'operation') continue;
      const told = operationDefinition({ version, name: interaction.name }, about);
      expect([interaction.name, told.system]).toEqual([interaction.name, path.length === 1]);
      const taken = (told.parameter as { use: string }[]).filter(({ use }) => use === 'in');
      // on one resource its address may say it all
      expect([interaction.name, taken.length > 0]).toEqual([interaction.name, told.instance !== true]);
    }
  });

  it('are also told in XML, and can only be read', async () => {
    const [row] = rowsOf(version).filter(({ address }) => address.startsWith(about.baseUrl));
    const path = `/${version}/OperationDefinition/${row?.name}`;
    const xml = await ask(path, { headers: { accept: 'application/fhir+xml' } });
    expect(await xml.text()).toContain('<OperationDefinition xmlns="http://hl7.org/fhir"');
    const posted = await ask(path, { method: 'POST', body: '{}' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await ask(path, { method: 'OPTIONS' })).headers.get('allow')).toContain('GET');
  });

  it('of another version, of a standard, and of nobody are not found', async () => {
    const other = version === 'r4' ? 'handover' : 'wishes';
    for (const name of [other, 'document', 'latest-stops', 'nothing', '__proto__']) {
      const answer = await ask(`/${version}/OperationDefinition/${name}`);
      expect([name, answer.status]).toEqual([name, 404]);
      expect(await answer.json()).toMatchObject({ issue: [{ code: 'not-found' }] });
    }
    expect((await ask(`/${version}/OperationDefinition`)).status).toBe(401);
  });
});
