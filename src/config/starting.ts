// Could a gateway start with these settings? What only the start would refuse is told with all else.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SettingFault } from './faults.ts';
import type { Config } from './settings.ts';

const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';

function portFaults({ http: { data, ops } }: Config): SettingFault[] {
  const meet = data.host === ops.host || isEverywhere(data.host) || isEverywhere(ops.host);
  if (data.port !== ops.port || data.port === 0 || !meet) return [];
  return [{ path: 'http.ops.port', message: 'is the port of http.data as well; give each listener its own' }];
}

type Named = { path: string; file: string | undefined };

/** A file that cannot be read is told of elsewhere. */
function ofReadable<T>(file: string | undefined, read: (file: string) => T): T | undefined {
  try {
    return file === undefined ? undefined : read(file);
  } catch {
    return undefined;
  }
}

const ownKeys = ({ store, identity, audit }: Config): Named[] => [
  { path: 'store.keyFile', file: store.keyFile },
  { path: 'identity.keyFile', file: identity.keyFile },
  { path: 'audit.signingKeyFile', file: audit.signingKeyFile },
];

const modeFaults = (config: Config): SettingFault[] =>
  ownKeys(config).flatMap(({ path, file }) => {
    const mode = ofReadable(file, (name) => statSync(name).mode) ?? 0;
    if ((mode & 0o077) === 0) return [];
    return [{ path, message: `${file} may be read by others; set it to mode 600` }];
  });

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

const isRefused = (parse: (text: string) => unknown, text: string): boolean => {
  try {
    parse(text);
    return false;
  } catch {
    return true;
  }
};

const pemFaults = ({ outgoing, mitz }: Config): SettingFault[] =>
  [
    { place: 'outgoing', files: outgoing },
    { place: 'mitz.tls', files: mitz?.tls },
  ].flatMap(({ place, files }) =>
    pemKinds.flatMap(({ name, parse, wanted }) => {
      const file = files?.[name];
      const text = ofReadable(file, (one) => readFileSync(one, 'utf8'));
      if (text === undefined || !isRefused(parse, text)) return [];
      return [{ path: `${place}.${name}`, message: `${file} does not hold ${wanted}` }];
    }),
  );

/** What would end the start, of settings that the schemas take. */
export const startFaults = (config: Config): SettingFault[] =>
  [portFaults, modeFaults, pemFaults].flatMap((check) => check(config));
