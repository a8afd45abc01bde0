// Does a check of settings refuse what the start would refuse, and say what to do?
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

  it('have a URA in quotes', () => {
    const [fault] = faultsWith({ participants: [{ id: 'one', name: 'One', ura: 90000001 }] });
    expect(fault).toMatch(/^participants\[0\]\.ura: .*put a number in quotes/);
  });
});
