// Does a check of settings refuse what the start would refuse, and say what to do?
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigFault, loadConfig } from '../config.ts';
import { writeGatewayFolder } from '../sandbox/gatewayFolder.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-starting-'));
  const participants = [{ id: 'one', name: 'One', clients: [], endpoints: [] }];
  file = (await writeGatewayFolder({ folder, port: 8080, opsPort: 9090, participants })).settingsFile;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The faults of the settings with these sections in the place of their own. */
function faultsWith(sections: Readonly<Record<string, unknown>>): string[] {
  writeFileSync(file, stringify({ ...parse(readFileSync(file, 'utf8')), ...sections }));
  try {
    loadConfig(file, {});
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

/** A certificate and its key in one file. */
function makeCertificate(name: string): void {
  const words = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=one', '-keyout', name];
  const certificate = execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  writeFileSync(join(folder, name), certificate, { flag: 'a' });
}

const listeners = (data: string, ops: string, port = 8080) => ({
  http: { data: { host: data, port }, ops: { host: ops, port } },
});

describe('settings', () => {
  it('have a port for each listener, unless each has its own address or takes a free port', () => {
    const [fault] = faultsWith(listeners('127.0.0.1', '127.0.0.1'));
    expect(fault).toMatch(/^http\.ops\.port: is the port of http\.data as well; give each/);
    expect(faultsWith(listeners('0.0.0.0', '127.0.0.1'))).toHaveLength(1);
    expect(faultsWith(listeners('127.0.0.2', '127.0.0.1'))).toEqual([]);
    expect(faultsWith(listeners('127.0.0.1', '127.0.0.1', 0))).toEqual([]);
  });

  it.each(['stu3', 'r4', 'R4/'])('have a public address without /%s', (end) => {
    const [fault] = faultsWith({ gateway: { mode: 'sandbox', baseUrl: `https://sluis.example/${end}` } });
    expect(fault).toMatch(/^gateway\.baseUrl: must end before \/stu3 and \/r4/);
  });

  it('name files that hold PEM', () => {
    const pem = join(folder, 'pem.txt');
    writeFileSync(pem, 'no PEM');
    const faults = faultsWith({ outgoing: { certFile: 'pem.txt', keyFile: 'pem.txt', caFile: 'pem.txt' } });
    expect(faults).toEqual([
      `outgoing.certFile: ${pem} does not hold a certificate in PEM`,
      `outgoing.caFile: ${pem} does not hold certificates in PEM`,
      `outgoing.keyFile: ${pem} does not hold a private key in PEM, without a passphrase`,
    ]);
  });

  it('name key files that nobody else may read', () => {
    for (const name of ['content', 'signing', 'audit']) chmodSync(join(folder, `keys/${name}.json`), 0o644);
    const faults = faultsWith({});
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'store.keyFile',
      'identity.keyFile',
      'audit.signingKeyFile',
    ]);
    expect(faults[0]).toContain('set it to mode 600');
  });

  it('name key files of the kind that each wants, for they are made together and easily swapped', () => {
    const sections = {
      store: { kind: 'sqlite', file: 'sluis.sqlite', keyFile: 'keys/signing.json' },
      identity: { keyFile: 'keys/audit.json' },
      audit: { gatewayId: 'one', signingKeyFile: 'keys/content.json' },
    };
    const faults = faultsWith(sections);
    expect(faults).toEqual([
      expect.stringMatching(/^store\.keyFile: .*signing\.json is not usable/),
      expect.stringMatching(/^identity\.keyFile: .*audit\.json holds no keys that sign tokens/),
      expect.stringMatching(/^audit\.signingKeyFile: .*content\.json is not usable/),
    ]);
    expect(faults.join('\n')).not.toContain('\n[');
    const [fault] = faultsWith({ ...sections, store: { ...sections.store, keyFile: 'keys' } });
    expect(fault).toMatch(/^store\.keyFile: .*keys is not JSON/);
  });

  it('name a certificate and the key of just that certificate', () => {
    for (const name of ['own.pem', 'other.pem']) makeCertificate(name);
    const pair = (keyFile: string) => faultsWith({ outgoing: { certFile: 'own.pem', keyFile } });
    expect(pair('own.pem')).toEqual([]);
    expect(pair('other.pem')).toEqual([
      `outgoing.keyFile: ${join(folder, 'other.pem')} is not the private key of ${join(folder, 'own.pem')}`,
    ]);
  });

  it('have a URA in quotes', () => {
    const [fault] = faultsWith({ participants: [{ id: 'one', name: 'One', ura: 90000001 }] });
    expect(fault).toMatch(/^participants\[0\]\.ura: .*put a number in quotes/);
  });
});
