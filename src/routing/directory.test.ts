// Which participant is meant, and is it refused where that is not certain?
import { describe, expect, test } from 'vitest';
import type { Endpoint, Participant } from '../model.ts';
import { createDirectory } from './directory.ts';
import { participantsSettings } from './settings.ts';

const ura = 'http://fhir.nl/fhir/NamingSystem/ura';
const agb = 'http://fhir.nl/fhir/NamingSystem/agb-z';
const at = new Date('2026-05-10T12:00:00Z');
const endpoint = (change: Partial<Endpoint> = {}): Endpoint => ({
  id: 'n',
  kind: 'notification',
  address: 'https://ecd.example/notify',
  shape: 'A',
  auth: { kind: 'none' },
  status: 'active',
  repeatable: true,
  ...change,
});
const participant = (change: Partial<Participant> = {}): Participant => ({
  id: 'ecd',
  name: 'Huize Avondrood',
  identifiers: [{ system: ura, value: '00000002' }],
  active: true,
  clients: [],
  endpoints: [endpoint()],
  ...change,
});
const causeOf = (one: Participant, kind: Endpoint['kind'] = 'notification', when = at) => {
  const found = createDirectory([one]).endpointFor(one, kind, when);
  return 'refusal' in found ? found.refusal.rule : found.endpoint.id;
};

describe('the directory', () => {
  test('an identifier that two active participants carry leads to both, so that it can be refused', () => {
    const directory = createDirectory([participant(), participant({ id: 'other' })]);
    expect(directory.byIdentifiers([{ system: ura, value: '00000002' }]).map((one) => one.id)).toEqual([
      'ecd',
      'other',
    ]);
  });

  test('a URA of one and an AGB of another lead to both', () => {
    const directory = createDirectory([
      participant(),
      participant({ id: 'other', identifiers: [{ system: agb, value: '06010713' }] }),
    ]);
    const found = directory.byIdentifiers([
      { system: ura, value: '00000002' },
      { system: agb, value: '06010713' },
    ]);
    expect(found).toHaveLength(2);
  });

  test('one that is switched off is found only when no active one has the identifier', () => {
    const off = participant({ id: 'off', active: false });
    expect(createDirectory([off]).byIdentifiers([{ system: ura, value: '2' }])).toEqual([off]);
    const both = createDirectory([off, participant()]).byIdentifiers([{ system: ura, value: '2' }]);
    expect(both.map((one) => one.id)).toEqual(['ecd']);
  });

  test('nothing is found for what nobody carries, or in another system', () => {
    const directory = createDirectory([participant()]);
    expect(directory.byIdentifiers([])).toEqual([]);
    expect(directory.byIdentifiers([{ system: agb, value: '00000002' }])).toEqual([]);
    expect(directory.byIdentifiers([{ system: ura, value: '20' }])).toEqual([]);
    expect(directory.byIdentifiers([{ system: '__proto__', value: 'constructor' }])).toEqual([]);
  });

  test.each([
    [ura, '00000002'],
    ['urn:oid:2.16.528.1.1007.3.3', '00000002'],
    [` ${ura} `, ' 2 '],
  ])('one organisation is found by every spelling: %s %s', (system, value) => {
    expect(createDirectory([participant()]).byIdentifiers([{ system, value }])).toHaveLength(1);
  });

  test('each refusal of an endpoint names its own cause', () => {
    expect(causeOf(participant({ active: false }))).toBe('participant-inactive');
    expect(causeOf(participant({ endpoints: [] }))).toBe('no-endpoint');
    expect(causeOf(participant(), 'callback')).toBe('no-endpoint');
    expect(causeOf(participant({ endpoints: [endpoint({ status: 'suspended' })] }))).toBe(
      'endpoint-suspended',
    );
    expect(causeOf(participant({ endpoints: [endpoint({ status: 'off' })] }))).toBe('endpoint-off');
    const period = (value: Endpoint['period'] & object) =>
      causeOf(participant({ endpoints: [endpoint({ period: value })] }));
    expect(period({ end: '2026-05-09' })).toBe('outside-period');
    expect(period({ start: '2026-05-11' })).toBe('outside-period');
    expect(period({ start: '2026-05-10', end: '2026-05-10' })).toBe('n');
    expect(period({ end: '2026' })).toBe('n');
    expect(period({ end: '2026-05-10T11:59:59Z' })).toBe('outside-period');
  });

  test('a usable endpoint is found behind one that is not', () => {
    const endpoints = [endpoint({ id: 'old', status: 'off' }), endpoint({ id: 'new' })];
    expect(causeOf(participant({ endpoints }))).toBe('new');
  });

  test('a reload replaces everything', () => {
    const directory = createDirectory([participant()]);
    directory.reload([participant({ id: 'other', identifiers: [] })]);
    expect(directory.byId('ecd')).toBeUndefined();
    expect(directory.byIdentifiers([{ system: ura, value: '2' }])).toEqual([]);
    expect(directory.byId('other')?.id).toBe('other');
  });
});

describe('the settings of participants', () => {
  const written = {
    id: 'ecd',
    name: 'Huize Avondrood',
    ura: '2',
    agb: ['06010713', '6010713'],
    clients: [{ clientId: 'ecd-1', scopes: ['handover'], jwksUrl: 'https://ecd.example/jwks' }],
    endpoints: [{ id: 'n', address: 'https://ecd.example/notify/', shape: 'D', format: 'xml' }],
  };
  const faults = (participants: unknown[]) =>
    participantsSettings
      .safeParse(participants)
      .error?.issues.map((one) => [one.path.join('.'), one.message]);

  test('the friendly form becomes a participant of the model', () => {
    expect(participantsSettings.parse([written])).toEqual([
      {
        id: 'ecd',
        name: 'Huize Avondrood',
        active: true,
        identifiers: [
          { system: ura, value: '00000002' },
          { system: agb, value: '06010713' },
        ],
        clients: [
          {
            clientId: 'ecd-1',
            scopes: ['handover'],
            audience: 'token-endpoint',
            keys: { kind: 'address', jwksUrl: 'https://ecd.example/jwks' },
          },
        ],
        endpoints: [
          {
            id: 'n',
            kind: 'notification',
            address: 'https://ecd.example/notify',
            shape: 'D',
            format: 'xml',
            auth: { kind: 'none' },
            status: 'active',
            repeatable: true,
          },
        ],
        dataEndpoints: [],
      },
    ]);
  });

  const dataEndpoints = (...given: object[]) => [{ id: 'gp', name: 'GP', dataEndpoints: given }];

  test('where a data holder answers is written in a few words; the rest is what the standard says', () => {
    const [parsed] = participantsSettings.parse([
      {
        ...dataEndpoints(
          { id: 'fhir', exchanges: ['wishes'], address: 'https://gp.example/fhir/' },
          { id: 'kept', exchanges: ['wishes'], kind: 'registered', method: 'form' },
        )[0],
        facilityType: 'Z3',
      },
    ]);
    const usual = { fhirVersion: 'r4', search: 'post', patientParameter: 'reference', status: 'active' };
    expect(parsed?.facilityType).toBe('Z3');
    expect(parsed?.dataEndpoints).toEqual([
      {
        id: 'fhir',
        exchanges: ['wishes'],
        kind: 'fhir',
        address: 'https://gp.example/fhir',
        method: 'resources',
        auth: { kind: 'none' },
        ...usual,
      },
      {
        id: 'kept',
        exchanges: ['wishes'],
        kind: 'registered',
        address: '',
        method: 'form',
        auth: { kind: 'none' },
        ...usual,
      },
    ]);
  });

  test.each([
    [{ id: 'a', exchanges: ['x'] }, 'address', 'is missing; only registered has none'],
    [
      { id: 'a', exchanges: ['x'], address: 'https://gp.example/?a=1' },
      'address',
      'a base address has no query',
    ],
    [
      { id: 'a', exchanges: ['x'], kind: 'registered', address: 'https://gp.example' },
      'address',
      'registered has no address',
    ],
    [
      { id: 'a', exchanges: ['x'], kind: 'registered', fhirVersion: 'stu3' },
      'fhirVersion',
      'registered records are R4',
    ],
    [
      {
        id: 'a',
        exchanges: ['x'],
        kind: 'registered',
        auth: { kind: 'private_key_jwt', tokenEndpoint: 'https://gp.example/token', clientId: 'x' },
      },
      'auth',
      'registered needs no token',
    ],
  ])('a data endpoint such as %j is refused', (given, place, message) => {
    expect(faults(dataEndpoints(given))).toEqual([[`0.dataEndpoints.0.${place}`, message]]);
  });

  test('a data endpoint is named once, and a facility type is a code', () => {
    const one = { id: 'a', exchanges: ['x'], kind: 'registered' };
    expect(faults(dataEndpoints(one, one))?.map(([, message]) => message)).toEqual([
      'endpoint id a is used twice at participant gp',
    ]);
    expect(faults([{ id: 'gp', name: 'GP', facilityType: 'huisarts' }])?.[0]?.[0]).toBe('0.facilityType');
  });

  test('names, client ids and endpoint ids are refused twice; a shared URA is not', () => {
    const other = { id: 'other', name: 'Other', ura: '2' };
    expect(faults([written, other])).toBeUndefined();
    const messages = faults([
      { ...written, endpoints: [...written.endpoints, ...written.endpoints] },
      written,
    ]);
    expect(messages?.map(([, message]) => message)).toEqual([
      'participant id ecd is used twice',
      'client id ecd-1 is used twice',
      'endpoint id n is used twice at participant ecd',
    ]);
  });

  test.each([
    ['file:///etc/passwd', 'only http and https addresses are called'],
    ['/notify', 'not an absolute address'],
    ['https://user:pw@ecd.example/', 'an address must not contain credentials'],
    ['https://ecd.example/#a', 'an address must not contain a fragment'],
  ])('an endpoint at %s is refused', (address, message) => {
    expect(faults([{ ...written, endpoints: [{ id: 'n', address }] }])).toEqual([
      ['0.endpoints.0.address', message],
    ]);
  });

  test('a client needs its keys from one place, and public ones', () => {
    const client = (keys: object) => ({
      ...written,
      clients: [{ clientId: 'a', scopes: ['handover'], ...keys }],
    });
    expect(faults([client({})])).toEqual([['0.clients.0.jwks', 'give either jwks or jwksUrl']]);
    const secret = client({ jwks: { keys: [{ kty: 'EC', d: 'x' }] } });
    expect(faults([secret])?.[0]?.[1]).toBe('a private or shared key does not belong here');
  });
});
