// Which certificates do the processes of a benchmark show each other? One authority, one server and one client, made by openssl.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const days = '2';
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Writes `ca`, `server` and `client` as PEM files; throws when openssl is not installed. */
export function makeCertificates(folder: string): void {
  mkdirSync(folder);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Bench CA', '-days', days];
  openssl('req', '-x509', ...curve, ...authority);
  const uses = { server: 'serverAuth', client: 'clientAuth' };
  for (const [name, use] of Object.entries(uses)) {
    openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=IP:127.0.0.1\nextendedKeyUsage=${use}\n`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-days', days, '-out', `${name}.pem`);
  }
}

/** Files of one party, as the settings `outgoing` of a gateway name them. */
export const filesOf = (folder: string, party: 'server' | 'client') => ({
  caFile: join(folder, 'ca.pem'),
  certFile: join(folder, `${party}.pem`),
  keyFile: join(folder, `${party}.key`),
});

/** What Node's TLS takes. */
export function partyOf(folder: string, party: 'server' | 'client') {
  const { caFile, certFile, keyFile } = filesOf(folder, party);
  const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file, 'utf8'));
  return { ca, cert, key };
}
