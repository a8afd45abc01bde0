// Would the checker see it? A gateway in memory that does everything right, but for one misdeed of choice.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../../src/model.ts';
import type { Gateway } from './gateways.ts';
import { bodyOf, listen, shut } from './receiver.ts';
import { type StubRow, say, work } from './stubDelivery.ts';

/** What it does wrong, and which invariant must see it. */
export const misdeeds = {
  none: undefined,
  loses: 'I1',
  'forgets-content': 'I1',
  invents: 'I2',
  wanders: 'I3',
  doubles: 'I4',
  'doubles-tasks': 'I4',
  reorders: 'I5',
  sticks: 'I6',
  lies: 'I7',
  leaks: 'I8',
  unrecorded: 'I9',
  'breaks-chain': 'I14',
  hammers: 'I15',
} as const;
export type Misdeed = keyof typeof misdeeds;

export type StubCase = {
  id: string;
  number: number;
  taskId: string;
  state: string;
  version: number;
  taskVersion: number;
  markers: string[];
  endpoint: Endpoint;
  rows: StubRow[];
  history: { at: string; step: string; version: number }[];
  turn: Promise<void>;
};

export type StubPlace = {
  url: string;
  misdeed: Misdeed;
  callbackAddress: string;
  nextEvent(): number;
};

export type StubOptions = {
  misdeed: Misdeed;
  endpointOf(receiverName: string): Endpoint;
  callbackAddress: string;
};

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
type Stub = { place: StubPlace; options: StubOptions; cases: Map<string, StubCase>; reads: string[] };

export async function startStub(options: StubOptions): Promise<Gateway & { end(): Promise<void> }> {
  let events = 0;
  const cases = new Map<string, StubCase>();
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => send(response, answer(stub, request, body)),
      () => undefined,
    );
  });
  await listen(server, 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { misdeed, callbackAddress } = options;
  const place: StubPlace = { url, misdeed, callbackAddress, nextEvent: () => ++events };
  const stub: Stub = { place, options, cases, reads: [] };
  const nothing = async () => undefined;
  return {
    name: 'stub',
    url,
    opsUrl: url,
    start: () => undefined,
    running: () => true,
    isReady: async () => true,
    ready: nothing,
    kill: nothing,
    pause: () => undefined,
    resume: () => undefined,
    limitFiles: nothing,
    command: async (group, command) => operate(stub, `${group} ${command}`),
    end: () => shut(server),
  };
}

function operate({ place, cases, reads }: Stub, command: string): { code: number; text: string } {
  if (command === 'audit find') return { code: 0, text: reads.join('\n') };
  if (command === 'audit verify') return { code: place.misdeed === 'breaks-chain' ? 1 : 0, text: 'chain' };
  for (const one of cases.values()) {
    for (const row of one.rows) if (row.state === 'unknown') row.state = 'waiting';
    work(place, one);
  }
  return { code: 0, text: '' };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const type = typeof body === 'string' ? 'text/plain' : 'application/fhir+json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
}

function answer(stub: Stub, request: IncomingMessage, body: Buffer): Answer {
  const [, first, second, third] = (request.url ?? '').split('/');
  if (first === 'oauth') return { status: 200, body: { access_token: 'x', expires_in: 300 } };
  if (first === 'metrics') return { status: 200, body: metrics(stub) };
  if (second === '$handover') return push(stub, JSON.parse(body.toString('utf8')));
  const one = [...stub.cases.values()].find(({ id, taskId }) =>
    [id, taskId].includes(first === 'handover' ? (second ?? '') : (third ?? '')),
  );
  if (one === undefined) return { status: 404 };
  if (first === 'handover') return request.method === 'DELETE' ? cancel(stub, one) : tell(stub, one);
  if (second === 'Composition') return readDocument(stub, one);
  return request.method === 'PUT' ? complete(stub, one, request.headers['if-match']) : readTask(one);
}

function metrics({ cases }: Stub): string {
  const rows = [...cases.values()].flatMap((one) => one.rows);
  return ['waiting', 'claimed', 'sending', 'unknown', 'delivered']
    .map((state) => `sluis_outbox_rows{state="${state}"} ${rows.filter((row) => row.state === state).length}`)
    .join('\n');
}

type Pushed = { identifier: { value: string }; entry: { resource: Record<string, unknown> }[] };

function push(stub: Stub, bundle: Pushed): Answer {
  const { place, options, cases } = stub;
  const text = JSON.stringify(bundle);
  const name = bundle.identifier.value;
  const marker = new RegExp(`"(${name}#\\d+)"`).exec(text)?.[1] ?? '';
  const bad = !text.includes('eOverdracht-TransferDate');
  if (bad && place.misdeed !== 'invents') return { status: 422 };
  const known = cases.get(name);
  if (known?.state === 'cancelled') return { status: 409 };
  const repeats = known?.markers.at(-1) === marker;
  const one = known ?? begin(options, { text, number: cases.size });
  cases.set(name, one);
  const location = place.misdeed === 'wanders' && repeats ? randomUUID() : one.id;
  const headers = { location: `${place.url}/handover/${location}` };
  if (repeats && place.misdeed !== 'doubles') return { status: 200, headers };
  accept(stub, one, marker);
  return { status: bad ? 422 : 202, headers };
}

function begin({ endpointOf }: StubOptions, { text, number }: { text: string; number: number }): StubCase {
  const endpoint = endpointOf(/Verpleeghuis ([\w-]+)/.exec(text)?.[1] ?? '');
  const counts = { version: 0, taskVersion: 0, state: 'in-progress' };
  const empty = { markers: [], rows: [], history: [], turn: Promise.resolve() };
  return { id: randomUUID(), taskId: randomUUID(), number, endpoint, ...counts, ...empty };
}

function accept({ place }: Stub, one: StubCase, marker: string): void {
  if (place.misdeed === 'forgets-content' && one.version > 0) return;
  one.version += 1;
  one.taskVersion += 1;
  one.state = 'in-progress';
  one.markers.push(marker);
  if (place.misdeed === 'doubles-tasks' && one.version > 1) one.taskId = randomUUID();
  one.history.push({ at: new Date().toISOString(), step: 'accepted', version: one.version });
  say(place, one, 'announce');
}

function cancel({ place }: Stub, one: StubCase): Answer {
  if (one.state === 'completed') return { status: 409 };
  if (one.state !== 'cancelled') say(place, Object.assign(one, { state: 'cancelled' }), 'cancel');
  return { status: 200 };
}

function complete({ place }: Stub, one: StubCase, match: string | undefined): Answer {
  if (match !== `W/"${one.taskVersion}"` || one.state === 'cancelled') return { status: 412 };
  if (one.state !== 'completed') {
    Object.assign(one, { state: 'completed', taskVersion: one.taskVersion + 1 });
    one.history.push({ at: new Date().toISOString(), step: 'completed', version: one.version });
    say(place, one, 'echo');
    say(place, one, 'callback');
  }
  return readTask(one);
}

function readTask(one: StubCase): Answer {
  const input = [{ valueReference: { reference: `Composition/${one.taskId}` } }];
  const body = { resourceType: 'Task', id: one.taskId, status: one.state, input };
  return { status: 200, body, headers: { etag: `W/"${one.taskVersion}"` } };
}

function readDocument({ place, reads }: Stub, one: StubCase): Answer {
  if (one.state !== 'in-progress' && place.misdeed !== 'leaks') return { status: 403 };
  if (place.misdeed !== 'unrecorded' || one.number % 5 > 0) reads.push(`Composition/${one.taskId}/$document`);
  const back = place.misdeed === 'reorders' && one.version > 1 && reads.length % 2 === 0 ? 1 : 0;
  const version = one.version - back;
  const condition = { resourceType: 'Condition', code: { text: one.markers[version - 1] } };
  const body = { resourceType: 'Bundle', entry: [{ resource: condition }] };
  return { status: 200, body, headers: { etag: `W/"${version}"` } };
}

function tell({ place }: Stub, one: StubCase): Answer {
  const announced = one.rows.filter(({ kind, version }) => kind === 'announce' && version === one.version);
  const attempts = announced.flatMap((row) => row.attempts);
  const delivered = attempts.find(({ result }) => result === 'delivered')?.endedAt;
  const notYet = attempts.some(({ result }) => result === 'unknown') ? 'unknown' : 'not yet';
  const steps = [{ step: 'notified', at: delivered ?? notYet, version: one.version }];
  const { version, state, history, rows } = one;
  const task = `${place.url}/stu3/Task/${one.taskId}`;
  return { status: 200, body: { version, state, task, steps, history, notifications: rows } };
}
