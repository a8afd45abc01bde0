// What does the nursing home do? Its ECD takes notifications in five shapes, fetches the handover and completes it.
import type { FhirResource } from '../model.ts';
import { type Called, type Caller, createCaller } from './caller.ts';
import type { FaultSwitch } from './faults.ts';
import type { Format } from './fhirBody.ts';
import type { SandboxKey } from './keys.ts';
import { type Answer, type Arrived, type LogLine, listen } from './listen.ts';
import { type ReceivedNotification, readNotification } from './notificationsIn.ts';
import { createTokenEndpoint } from './tokenEndpoint.ts';

export type Ecd = {
  baseUrl: string;
  tokenEndpoint: string;
  jwksUrl: string;
  /** Where notifications of a shape are taken. */
  notificationAddress(shape: string): string;
  notifications: readonly ReceivedNotification[];
  log: readonly LogLine[];
  faults: FaultSwitch;
  caller: Caller;
  readTask(taskId: string, format?: Format): Promise<Called>;
  readDocument(compositionId: string, format?: Format): Promise<Called>;
  /** Reads the Task and puts it back as completed. */
  complete(taskId: string, format?: Format): Promise<Called>;
  close(): Promise<void>;
};

export type EcdOptions = {
  gatewayUrl: string;
  clientId: string;
  key: SandboxKey;
  scope?: string;
  /** The client id under which the gateway asks this ECD for tokens. */
  gatewayClientId: string;
  host?: string;
  port?: number;
  onRequest?: (line: LogLine) => void;
  onNotification?: (notification: ReceivedNotification) => void;
};

/** Starts the ECD's server. */
export async function startEcd(options: EcdOptions): Promise<Ecd> {
  const notifications: ReceivedNotification[] = [];
  const tokens = createTokenEndpoint({
    gatewayClientId: options.gatewayClientId,
    jwksUrl: `${options.gatewayUrl}/oauth/jwks`,
    address: () => `${server.baseUrl}/oauth/token`,
  });
  const answer = async (arrived: Arrived): Promise<Answer> => {
    if (arrived.path === '/oauth/token' && arrived.method === 'POST') return tokens.answer(arrived);
    if (arrived.path === '/jwks') return jwksAnswer(options.key);
    const read = readNotification(arrived);
    if (read === undefined) return { status: 404 };
    if (!tokens.accepts(arrived.headers.authorization)) return { status: 401 };
    notifications.push(read.notification);
    options.onNotification?.(read.notification);
    return read.answer;
  };
  const { host, port, onRequest } = options;
  const server = await listen({ answer, host, port, onRequest });
  const caller = createCaller({ ...options, scope: options.scope ?? 'handover' });
  return {
    baseUrl: server.baseUrl,
    tokenEndpoint: `${server.baseUrl}/oauth/token`,
    jwksUrl: `${server.baseUrl}/jwks`,
    notificationAddress: (shape) => `${server.baseUrl}/notification/${shape.toLowerCase()}`,
    notifications,
    log: server.log,
    faults: server.faults,
    caller,
    ...reading(caller),
    close: server.close,
  };
}

/** What a receiver asks of the gateway, with whichever caller. */
export function reading(caller: Caller): Pick<Ecd, 'readTask' | 'readDocument' | 'complete'> {
  const readTask = (taskId: string, format: Format = 'json'): Promise<Called> =>
    caller.call({ path: `/stu3/Task/${taskId}`, format });
  return {
    readTask,
    readDocument: (compositionId, format = 'json') =>
      caller.call({ path: `/stu3/Composition/${compositionId}/$document`, format }),
    complete: async (taskId, format = 'json') => {
      const read = await readTask(taskId, format);
      if (read.resource === undefined) return read;
      const etag = read.headers.get('etag');
      return caller.call({
        method: 'PUT',
        path: `/stu3/Task/${taskId}`,
        format,
        resource: { ...read.resource, status: 'completed' },
        headers: etag === null ? {} : { 'if-match': etag },
      });
    },
  };
}

/** The id of the Composition that a Task announces, or nothing. */
export function compositionIdOf(task: FhirResource | undefined): string | undefined {
  const inputs = Array.isArray(task?.input) ? task.input : [];
  const references = inputs.map((input) => String(input?.valueReference?.reference ?? ''));
  return references
    .find((reference) => /(^|\/)Composition\//.test(reference))
    ?.split('/')
    .at(-1);
}

export const jwksAnswer = (key: SandboxKey): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(key.jwks),
});
