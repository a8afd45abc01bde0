// Could a gateway start with these settings? What only the start would refuse is told with all else.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readAuditKeys } from '../audit/signingKey.ts';
import { readTokenKeys } from '../identity/signingKeyFile.ts';
import { readKeyFile } from '../store/keyFile.ts';
import type { SettingFault } from './faults.ts';
import type { Config } from './settings.ts';

const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';

function portFaults({ http: { data, ops } }: Config): SettingFault[] {
  const meet = data.host === ops.host || isEverywhere(data.host) || isEverywhere(ops.host);
  if (data.port !== ops.port || data.port === 0 || !meet) return [];
  return [{ path: 'http.ops.port', message: 'is the port of http.data as well; give each listener its own' }];
}

/** A file that cannot be read is told of elsewhere. */
function ofReadable<T>(file: string | undefined, read: (file: string) => T): T | undefined {
  try {
    return file === undefined ? undefined : read(file);
  } catch {
    return undefined;
  }
}

const ownKeys = ({ store, identity, audit }: Config) => [
  { path: 'store.keyFile', file: store.keyFile, read: readKeyFile },
  { path: 'identity.keyFile', file: identity.keyFile, read: readTokenKeys },
  { path: 'audit.signingKeyFile', file: audit.signingKeyFile, read: readAuditKeys },
];

const keyFaults = (config: Config): SettingFault[] =>
  ownKeys(config).flatMap(({ path, file, read }) => {
    const mode = ofReadable(file, (name) => statSync(name).mode);
    if (mode === undefined) return [];
    if ((mode & 0o077) !== 0) return [{ path, message: `${file} may be read by others; set it to mode 600` }];
    const why = refusalOf(() => read(file));
    return why === undefined ? [] : [{ path, message: `${why}. Is it the file that this setting wants?` }];
  });

function refusalOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be used';
  }
}

const pemKinds = [
  {
    name: 'certFile',
    parse: (text: string): unknown => new X509Certificate(text),
    wanted: 'a certificate in PEM',
  },
  {
    name: 'caFile',
    parse: (text: string): unknown => new X509Certificate(text),
    wanted: 'certificates in PEM',
  },
  {
    name: 'keyFile',
    parse: (text: string): unknown => createPrivateKey(text),
    wanted: 'a private key in PEM, without a passphrase',
  },
] as const;

type PemFiles = { certFile?: string | undefined; keyFile?: string | undefined; caFile?: string | undefined };

const pemPlaces = ({ outgoing, mitz }: Config): { place: string; files: PemFiles | undefined }[] => [
  { place: 'outgoing', files: outgoing },
  { place: 'mitz.tls', files: mitz?.tls },
];

const pemFaults = (config: Config): SettingFault[] =>
  pemPlaces(config).flatMap(({ place, files }) => {
    const faults = pemKinds.flatMap(({ name, parse, wanted }) => {
      const file = files?.[name];
      const text = textOf(file);
      if (text === undefined || refusalOf(() => parse(text)) === undefined) return [];
      return [{ path: `${place}.${name}`, message: `${file} does not hold ${wanted}` }];
    });
    return faults.length > 0 ? faults : pairFaults(place, files);
  });

const textOf = (file: string | undefined): string | undefined =>
  ofReadable(file, (one) => readFileSync(one, 'utf8'));

/** With another's key every call to another host would fail, and none before the first. */
function pairFaults(place: string, files: PemFiles | undefined): SettingFault[] {
  const [cert, key] = [textOf(files?.certFile), textOf(files?.keyFile)];
  if (cert === undefined || key === undefined) return [];
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return [];
  return [
    { path: `${place}.keyFile`, message: `${files?.keyFile} is not the private key of ${files?.certFile}` },
  ];
}

/** What would end the start, of settings that the schemas take. */
export const startFaults = (config: Config): SettingFault[] =>
  [portFaults, keyFaults, pemFaults].flatMap((check) => check(config));
