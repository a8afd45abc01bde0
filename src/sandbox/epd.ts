// What does the hospital do? Its EPD pushes handovers, looks at their state, cancels, and takes callbacks.
import type { FhirResource } from '../model.ts';
import { type Called, type Caller, createCaller } from './caller.ts';
import { jwksAnswer } from './ecd.ts';
import type { FaultSwitch } from './faults.ts';
import type { Format } from './fhirBody.ts';
import type { SandboxKey } from './keys.ts';
import { type Answer, type Arrived, type LogLine, listen } from './listen.ts';

export type Epd = {
  baseUrl: string;
  jwksUrl: string;
  callbackAddress: string;
  /** The bodies of the callbacks that came, in order. */
  callbacks: readonly unknown[];
  log: readonly LogLine[];
  faults: FaultSwitch;
  caller: Caller;
  push(handover: FhirResource, format?: Format): Promise<Called>;
  /** `location` as the push answered it. */
  status(location: string): Promise<{ status: number; state: Record<string, unknown> }>;
  cancel(location: string): Promise<Called>;
  close(): Promise<void>;
};

export type EpdOptions = {
  gatewayUrl: string;
  clientId: string;
  key: SandboxKey;
  scope?: string;
  host?: string;
  port?: number;
  onRequest?: (line: LogLine) => void;
  onCallback?: (body: unknown) => void;
};

/** Starts the EPD's server. */
export async function startEpd(options: EpdOptions): Promise<Epd> {
  const callbacks: unknown[] = [];
  const answer = async (arrived: Arrived): Promise<Answer> => {
    if (arrived.path === '/jwks') return jwksAnswer(options.key);
    if (!arrived.path.startsWith('/callback') || arrived.method !== 'POST') return { status: 404 };
    const body = readJson(arrived.body);
    callbacks.push(body);
    options.onCallback?.(body);
    return { status: 204 };
  };
  const { host, port, onRequest } = options;
  const server = await listen({ answer, host, port, onRequest });
  const caller = createCaller({ ...options, scope: options.scope ?? 'handover' });
  return {
    baseUrl: server.baseUrl,
    jwksUrl: `${server.baseUrl}/jwks`,
    callbackAddress: `${server.baseUrl}/callback`,
    callbacks,
    log: server.log,
    faults: server.faults,
    caller,
    ...pushing(caller),
    close: server.close,
  };
}

/** What a sender asks of the gateway, with whichever caller. */
export function pushing(caller: Caller): Pick<Epd, 'push' | 'status' | 'cancel'> {
  return {
    push: (resource, format = 'json') =>
      caller.call({ method: 'POST', path: '/stu3/$handover', format, resource }),
    status: async (path) => {
      const called = await caller.call({ path, headers: { accept: 'application/json' } });
      return { status: called.status, state: asObject(readJson(Buffer.from(called.bytes))) };
    },
    cancel: (path) => caller.call({ method: 'DELETE', path, headers: { accept: 'application/json' } }),
  };
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
