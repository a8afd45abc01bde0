// Are faults in the settings found before anything starts, all together, and told so that an operator can act?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigFault, loadConfig } from './config.ts';
import { writeGatewayFolder } from './sandbox/gatewayFolder.ts';
import { createKey } from './sandbox/keys.ts';

let folder: string;
let file: string;
type Tree = Record<string, unknown>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-config-'));
  const key = await createKey('test');
  const written = await writeGatewayFolder({
    folder,
    port: 8080,
    opsPort: 9090,
    participants: [
      {
        id: 'one',
        name: 'One',
        clients: [{ clientId: 'one', scopes: ['handover'], jwks: key.jwks }],
        endpoints: [],
      },
    ],
  });
  file = written.settingsFile;
});
afterEach(() => rmSync(folder, { recursive: true }));

const change = (edit: (settings: Tree) => void): void => {
  const settings: Tree = parse(readFileSync(file, 'utf8'));
  edit(settings);
  writeFileSync(file, stringify(settings));
};

const faultsOf = (environment: NodeJS.ProcessEnv = {}): string[] => {
  try {
    loadConfig(file, environment);
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

describe('the packages of profiles', () => {
  it('are refused when their folder is not there', () => {
    change((settings) => {
      settings.validation = { packageFolders: ['no-such-folder'] };
    });
    expect(faultsOf()).toEqual([
      `validation.packageFolders[0]: ${join(folder, 'no-such-folder')} is not there, or may not be read`,
    ]);
  });
  it('are taken from the folder of the settings file, and from SLUIS_PACKAGES as written', () => {
    change((settings) => {
      settings.validation = { packageFolders: ['keys'] };
    });
    expect(loadConfig(file, {}).validation.packageFolders).toEqual([join(folder, 'keys')]);
    const environment = { SLUIS_PACKAGES: `${folder}:${tmpdir()}` };
    expect(loadConfig(file, environment).validation.packageFolders).toEqual([folder, tmpdir()]);
  });
});

describe('settings', () => {
  it('are refused in another encoding than UTF-8, which would misspell names', () => {
    change(({ participants }) => {
      if (Array.isArray(participants)) participants[0].name = 'Zorggroep Coöperatie';
    });
    expect(faultsOf()).toEqual([]);
    writeFileSync(file, readFileSync(file, 'utf8'), 'latin1');
    expect(faultsOf()).toEqual([': is not in UTF-8: names would be kept misspelt']);
  });
  it('are refused all faults at once, each with its place', () => {
    change((settings) => {
      delete settings.identity;
      settings.http = { data: { host: '127.0.0.1', port: 'x' }, ops: { host: '127.0.0.1', port: 9090 } };
      settings.spelled = 'wrong';
      settings.store = { kind: 'sqlite', file: 'x.sqlite', keyFile: 'keys/none.json' };
    });
    const faults = faultsOf();
    expect(faults.some((fault) => fault.startsWith('identity: is missing'))).toBe(true);
    expect(faults.some((fault) => fault.startsWith('http.data.port: '))).toBe(true);
    expect(faults.some((fault) => fault.startsWith('spelled: no such setting'))).toBe(true);
    expect(
      faults.some((fault) => fault.startsWith('store.keyFile: ') && fault.includes('is not there')),
    ).toBe(true);
  });

  it('are told in one round what schemas, addresses, exchanges, files and production find', () => {
    change((settings) => {
      settings.gateway = { mode: 'production', baseUrl: 'http://sluis.example', stopMs: -1 };
      settings.outgoing = {};
      settings.validation = { packageFolders: ['no-such-folder'] };
      settings.localisation = {
        nvi: { address: 'http://10.0.0.1/fhir' },
        exchanges: [
          { exchange: 'wishes', timeoutMs: 'soon' },
          { exchange: 'medication' },
          { exchange: 'medication' },
          { exchange: 'medications' },
        ],
      };
      const [one] = settings.participants as Tree[];
      settings.participants = [
        { ...one, id: 'bad id', active: 'no', endpoints: [{ id: 'n', address: 'http://127.0.0.1:1/x' }] },
        { id: 'two', name: 'Two', dataEndpoints: [{ id: 'd', exchanges: ['whishes'], kind: 'registered' }] },
        { id: 'two', name: 'Three' },
      ];
    });
    const places = faultsOf().map((fault) => fault.replace(/: .*/s, ''));
    expect(places.sort()).toEqual([
      'audit',
      'gateway.baseUrl',
      'gateway.stopMs',
      'identity',
      'localisation.exchanges[0].timeoutMs',
      'localisation.exchanges[2].exchange',
      'localisation.exchanges[3].exchange',
      'localisation.nvi.address',
      'localisation.nvi.address',
      'localisation.nvi.pseudonyms',
      'participants',
      'participants[0].active',
      'participants[0].clients[0].jwks',
      'participants[0].endpoints[0].address',
      'participants[0].endpoints[0].address',
      'participants[0].id',
      'participants[1].dataEndpoints[0].exchanges[0]',
      'store',
      'validation.packageFolders[0]',
    ]);
  });

  it('are told each fault once, and none that another one only seems to make', () => {
    change((settings) => {
      settings.outgoing = { allowPrivate: ['10.0.0.0/99'] };
      settings.consent = { policy: { purposes: ['TREATS'] } };
      const [one] = settings.participants as Tree[];
      settings.participants = [{ ...one, endpoints: [{ id: 'n', address: 'ftp://127.0.0.1/x' }] }];
    });
    expect(faultsOf().map((fault) => fault.replace(/: .*/s, ''))).toEqual([
      'outgoing.allowPrivate[0]',
      'consent.policy.purposes[0]',
      'participants[0].endpoints[0].address',
    ]);
  });

  it('are refused when the file is not there, is not YAML, or holds no settings', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(/cannot be read/);
    writeFileSync(file, 'a: [1\nb: 2');
    expect(faultsOf().join()).toMatch(/line \d+, column \d+/);
    writeFileSync(file, 'just text');
    expect(faultsOf().join()).toContain('must hold settings by name');
  });

  it('never repeat a value in a fault, since some are secrets', () => {
    change((settings) => {
      settings.store = {
        kind: 'postgresql',
        url: 'mysql://user:geheim@host/db',
        keyFile: 'keys/content.json',
      };
    });
    expect(() => loadConfig(file, {})).toThrow(expect.not.stringContaining('geheim'));
  });

  it('are refused in production when a key is the sandbox’s or the address has no TLS', () => {
    change((settings) => {
      settings.gateway = { mode: 'production', baseUrl: 'http://sluis.example' };
    });
    const faults = faultsOf().join('\n');
    expect(faults).toContain('gateway.baseUrl: must be an https address in production');
    expect(faults).toContain('participants[0].clients[0].jwks: is a key of the sandbox');
    for (const name of ['store', 'identity', 'audit'])
      expect(faults).toContain(`${name}: its key file holds`);
  });

  it('are told with the variable that set them', () => {
    const environment = { SLUIS_LISTEN_PORT: '80x', SLUIS_OPS_PORT: '' };
    expect(() => loadConfig(file, environment)).toThrow(/^ {2}http\.data\.port \(SLUIS_LISTEN_PORT\): /m);
    change((settings) => {
      settings.http = { ...(settings.http as Tree), data: { host: '127.0.0.1', port: 'x' } };
    });
    expect(() => loadConfig(file, { SLUIS_OPS_PORT: '8081' })).toThrow(/^ {2}http\.data\.port: /m);
  });

  it('are refused in production when an address that the gateway calls has no TLS', () => {
    const bare = (path: string) => `http://holder.example${path}`;
    const auth = { kind: 'private_key_jwt', tokenEndpoint: bare('/token'), clientId: 'sluis' };
    change((settings) => {
      settings.gateway = { mode: 'production', baseUrl: 'https://sluis.example' };
      settings.mitz = {
        closedUrl: bare('/closed'),
        openUrl: bare('/open'),
        subscriptionsUrl: 'https://mitz.example/fhir',
        notify: { address: bare('/mitz/notify'), proof: { kind: 'token', clientIds: ['mitz'] } },
      };
      settings.participants = [
        {
          id: 'holder',
          name: 'Holder',
          clients: [{ clientId: 'holder', scopes: ['wishes'], jwksUrl: bare('/jwks') }],
          endpoints: [{ id: 'n', kind: 'notification', shape: 'A', address: bare('/n'), auth }],
          dataEndpoints: [{ id: 'd', exchanges: ['wishes'], address: bare('/fhir'), auth }],
        },
      ];
    });
    const places = faultsOf()
      .filter((fault) => fault.endsWith(': must be an https address in production'))
      .map((fault) => fault.replace(/: .*/s, ''));
    expect(places.sort()).toEqual([
      'mitz.closedUrl',
      'mitz.notify.address',
      'mitz.openUrl',
      'participants[0].clients[0].jwksUrl',
      'participants[0].dataEndpoints[0].address',
      'participants[0].dataEndpoints[0].auth.tokenEndpoint',
      'participants[0].endpoints[0].address',
      'participants[0].endpoints[0].auth.tokenEndpoint',
    ]);
  });

  it('are refused when they name an exchange that does not exist', () => {
    change((settings) => {
      const one = (settings.participants as Tree[])[0]!;
      one.dataEndpoints = [{ id: 'd', exchanges: ['wishes', 'whishes'], kind: 'registered' }];
      one.clients = [{ ...(one.clients as Tree[])[0], scopes: ['handover', 'handovr'] }];
      settings.localisation = { exchanges: [{ exchange: 'medications' }, { exchange: 'medication' }] };
      settings.consent = {
        exchanges: { wishs: { concealRefusal: true }, wishes: {} },
        breakGlass: { first: { exchanges: ['wish'] } },
      };
    });
    const faults = faultsOf().map((fault) => fault.replace(/;.*/, ''));
    expect(faults).toEqual([
      'participants[0].dataEndpoints[0].exchanges[1]: is no exchange',
      'participants[0].clients[0].scopes[1]: is no exchange',
      'localisation.exchanges[0].exchange: is no exchange',
      'consent.breakGlass.first.exchanges[0]: is no exchange',
      'consent.exchanges.wishs: is no exchange',
    ]);
  });

  it('are refused when a code of theirs could match nothing', () => {
    change((settings) => {
      settings.consent = {
        breakGlass: { facilityTypes: ['amb', 'AMB'], roles: ['1.071'], first: { categories: ['GGC2'] } },
        organisationTypes: { AMB: 'RPZAC1', ambulance: 'RPZAC104' },
        dataCategories: ['GGC002', 'ggc013'],
      };
    });
    expect(faultsOf().map((fault) => fault.replace(/:.*/, ''))).toEqual([
      'consent.breakGlass.facilityTypes[0]',
      'consent.breakGlass.roles[0]',
      'consent.breakGlass.first.categories[0]',
      'consent.organisationTypes.AMB',
      'consent.organisationTypes.ambulance',
      'consent.dataCategories[1]',
    ]);
  });

  it('are refused when an exchange could not answer in its own time, or no reason could be written', () => {
    change((settings) => {
      settings.http = { ...(settings.http as Tree), times: { answerMs: 2_500 } };
    });
    expect(faultsOf().join()).toMatch(/^http\.times\.answerMs: must be more than /);
    change((settings) => {
      settings.consent = { breakGlass: { reasonMinLength: 500, reasonMaxLength: 50 } };
    });
    expect(faultsOf().join()).toContain('consent.breakGlass.reasonMaxLength: must not be less than');
  });

  it('are refused when a participant has an address that the gateway may not call', () => {
    change((settings) => {
      settings.outgoing = {};
      const [one] = settings.participants as Tree[];
      one!.endpoints = [{ id: 'n', address: 'http://127.0.0.1:1/x' }];
    });
    expect(faultsOf().join()).toContain('participants[0].endpoints[0].address');
    change((settings) => {
      const one = (settings.participants as Tree[])[0]!;
      one.endpoints = [];
      one.dataEndpoints = [{ id: 'd', exchanges: ['wishes'], address: 'http://127.0.0.1:1/fhir' }];
    });
    expect(faultsOf().join()).toContain('participants[0].dataEndpoints[0].address');
  });

  it('are taken with paths from the folder of the file', () => {
    const config = loadConfig(file, {});
    expect(config.store.keyFile).toBe(join(folder, 'keys/content.json'));
    expect(config.gateway.mode).toBe('sandbox');
  });

  it('are overruled by the environment, and an environment that is wrong is a fault like any other', () => {
    const config = loadConfig(file, {
      DATABASE_URL: 'postgresql://root@127.0.0.1/test',
      SLUIS_LISTEN_PORT: '8181',
      LOG_LEVEL: 'warn',
      SLUIS_BASE_URL: 'https://sluis.example/',
    });
    expect(config.store).toMatchObject({ kind: 'postgresql', url: 'postgresql://root@127.0.0.1/test' });
    expect(config.http.data.port).toBe(8181);
    expect(config.http.logLevel).toBe('warn');
    expect(config.gateway.baseUrl).toBe('https://sluis.example');
    expect(faultsOf({ SLUIS_LISTEN_PORT: 'eighty' }).join()).toContain('http.data.port');
  });

  it('may be written as JSON', () => {
    const settings: Tree = parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(settings));
    expect(faultsOf()).toEqual([]);
  });
});
