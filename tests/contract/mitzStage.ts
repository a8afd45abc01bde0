// Who plays in the tests of Mitz? A hospital that asks, a practice that holds, a crew doctor, and certificates of one evening.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsentQuestion } from '../../src/consent/consent.ts';
import { mitzSettings } from '../../src/consent/mitz/settings.ts';
import type { Participant, Requester } from '../../src/model.ts';
import { createOutgoing, type Outgoing, type OutgoingOptions } from '../../src/outgoing/outgoing.ts';
import type { SandboxMitz } from '../../src/sandbox/mitz.ts';
import { participant } from '../world/cast.ts';

export const bsn = '999911120';
export const otherBsn = '999998298';
export const practiceUra = '90000501';

const typed = (one: Participant, facilityType: string): Participant => ({ ...one, facilityType });
export const practice = typed(
  participant({ id: 'practice', name: 'Huisartsen De Brug', ura: practiceUra }),
  'Z3',
);
export const hospital = typed(
  participant({ id: 'hospital', name: 'Ziekenhuis De Dijk', ura: '90000101' }),
  'V4',
);

const requester: Requester = { participant: hospital, clientId: 'epd', scopes: ['wishes'], tokenId: 't' };
export const doctor = {
  identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value: '900027308' },
  role: '01.071',
};

export const question = (change: Partial<ConsentQuestion> = {}): ConsentQuestion => ({
  exchange: 'wishes',
  patientBsn: bsn,
  holder: practice,
  requester,
  practitioner: doctor,
  purposeOfUse: 'TREAT',
  categories: ['GGC002', 'GGC013'],
  requestId: 'r-1',
  signal: new AbortController().signal,
  ...change,
});

export const client = (change: Partial<OutgoingOptions> = {}): Outgoing =>
  createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 2_000,
    maxBytes: 1_048_576,
    connectionsPerHost: 8,
    ...change,
  });

export const settingsFor = (
  mitz: Pick<SandboxMitz, 'closedUrl' | 'openUrl' | 'subscriptionsUrl'>,
  more = {},
) =>
  mitzSettings.parse({
    closedUrl: mitz.closedUrl,
    openUrl: mitz.openUrl,
    subscriptionsUrl: mitz.subscriptionsUrl,
    timeoutMs: 500,
    breakerFailures: 1_000,
    ...more,
  });

export type Certificates = ReturnType<typeof makeCertificates>;

/** An authority and what it, or another one, signs. `end` removes the files. */
export function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-mitz-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const pem = (file: string) => readFileSync(join(folder, file), 'utf8');
  const authority = (name: string) =>
    openssl(
      ...`req -x509 -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name}`.split(
        ' ',
      ),
    );
  const ask = (name: string, subject: string, bits = 2048) => {
    openssl(
      ...`req -newkey rsa:${bits} -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`.split(' '),
    );
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${subject}`);
  };
  const made = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`), ca: pem('ca.pem') });
  const sign = (name: string, { subject = 'IP:127.0.0.1', by = 'ca', bits = 2048 } = {}) => {
    ask(name, subject, bits);
    const authority = `-CA ${by}.pem -CAkey ${by}.key -CAcreateserial -days 2`;
    openssl(...`x509 -req -in ${name}.csr ${authority} -extfile ${name}.ext -out ${name}.pem`.split(' '));
    return made(name);
  };
  /** A certificate of the past can only be made with the books of an authority. */
  const signPast = (name: string) => {
    ask(name, 'IP:127.0.0.1');
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(
      join(folder, 'books.cnf'),
      '[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n',
    );
    const dates = '-startdate 20240101000000Z -enddate 20240201000000Z';
    openssl(
      ...`ca -batch -config books.cnf -cert ca.pem -keyfile ca.key -in ${name}.csr ${dates} -extfile ${name}.ext -out ${name}.pem -notext`.split(
        ' ',
      ),
    );
    return made(name);
  };
  authority('ca');
  authority('other');
  return {
    folder,
    ca: pem('ca.pem'),
    mitz: sign('mitz'),
    gateway: sign('gateway', { subject: 'DNS:gateway.example' }),
    stranger: sign('stranger', { by: 'other' }),
    wrongName: sign('wrong', { subject: 'DNS:elsewhere.example' }),
    expired: signPast('expired'),
    weak: sign('weak', { bits: 1024 }),
    otherAuthority: sign('elsewhere', { by: 'other' }),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
