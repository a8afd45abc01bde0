// Group D: does what was accepted arrive, once, in order, whatever the receiver, the sender or the machine does?
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Group, must } from '../attack.ts';
import { ecdB, epd, type Known, once, withToken } from '../cast.ts';
import { handoff, newCase } from '../content.ts';
import {
  fhirJson,
  type HandedOver,
  handedOver,
  locationOf,
  push,
  putTask,
  readTask,
  statusOf,
} from '../handovers.ts';
import { mustBe } from '../raw.ts';
import { answer } from '../servers.ts';
import { type Seen, type Stage, until } from '../stage.ts';
import { attemptsIn, stateOf } from './outgoing.ts';

type Tree = Record<string, unknown>;
const settledMs = 14_000;

const delivered = (stage: Stage, location: string, within = settledMs): Promise<void> =>
  until(async () => stateOf(await statusOf(stage, location)) === 'delivered', 'delivery', within);

async function same(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  const body = JSON.stringify(handoff({ receiver }));
  const first = await push(stage, body);
  const second = await push(stage, body);
  must(
    first.status === 202 && second.status === 200 && first.headers.location === second.headers.location,
    `${first.status}, ${second.status}`,
  );
  const other = stage.freshReceiver();
  const crowd = JSON.stringify(handoff({ receiver: other }));
  const all = await Promise.all(Array.from({ length: 50 }, () => push(stage, crowd)));
  const created = all.filter((one) => one.status === 202).length;
  must(
    created === 1 && all.filter((one) => one.status === 200).length === 49,
    `${created} times 202 of 50: ${[...new Set(all.map((one) => one.status))]}`,
  );
  must(new Set(all.map((one) => one.headers.location)).size === 1, 'several Locations');
  for (const who of [receiver, other]) {
    await until(() => stage.receiver.of(who.id).length > 0, 'a notification');
  }
  await wait(500);
  for (const who of [receiver, other])
    must(stage.receiver.of(who.id).length === 1, `${stage.receiver.of(who.id).length} notifications`);
  return '202 then 200; 50 at once: 1×202 49×200, one Location, one notification each';
}

async function versionsAtOnce(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  const name = newCase();
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      push(stage, handoff({ receiver, case: name, diagnosis: `femurkopbreuk ${index}` })),
    ),
  );
  must(
    all.every((one) => one.status === 202),
    `${all.map((one) => one.status)}`,
  );
  must(new Set(all.map((one) => one.headers.location)).size === 1, 'several handovers of one case');
  const status = await statusOf(stage, locationOf(all[0] as Seen));
  must(status.version === 12, `version ${status.version}`);
  await until(
    async () => stateOf(await statusOf(stage, locationOf(all[0] as Seen))) === 'delivered',
    'the last one delivered',
  );
  const tasks = new Set(stage.receiver.of(receiver.id).map((one) => one.path));
  must(tasks.size === 1, `${tasks.size} Tasks were announced`);
  return `12 contents of one case at once: 12 versions, one Task, ${stage.receiver.of(receiver.id).length} notifications`;
}

function torn(stage: Stage, body: string, sent: number): Promise<void> {
  const target = new URL(stage.urls[0] ?? '');
  return new Promise((resolve, reject) => {
    stage.tokenOf(epd).then((token) => {
      const request = httpRequest({
        host: target.hostname,
        port: target.port,
        agent: false,
        method: 'POST',
        path: '/stu3/$handover',
        headers: { authorization: `Bearer ${token}`, ...fhirJson, 'content-length': Buffer.byteLength(body) },
      });
      request.on('error', () => resolve());
      request.on('response', () => resolve());
      request.write(body.slice(0, sent), () => {
        setTimeout(
          () => {
            request.destroy();
            setTimeout(resolve, 150);
          },
          sent === body.length ? 1 : 30,
        );
      });
    }, reject);
  });
}

async function lostAnswer(stage: Stage): Promise<string> {
  let known = 0;
  for (let round = 0; round < 12; round += 1) {
    const receiver = stage.freshReceiver();
    const body = JSON.stringify(handoff({ receiver }));
    await torn(stage, body, body.length);
    const again = await push(stage, body);
    must([200, 202].includes(again.status), `${again.status}`);
    if (again.status === 200) known += 1;
    await until(() => stage.receiver.of(receiver.id).length > 0, 'a notification');
    await wait(60);
    must(stage.receiver.of(receiver.id).length === 1, 'announced twice');
  }
  return `12 answers lost: ${known} were stored and known again, none announced twice`;
}

async function countHandovers(stage: Stage): Promise<number> {
  const [row] = await stage.rows('select count(*) as n from handover');
  return Number(row?.n);
}

async function tornBodies(stage: Stage): Promise<string> {
  const before = await countHandovers(stage);
  const body = JSON.stringify(handoff());
  for (const part of [0.1, 0.5, 0.9, 0.99]) await torn(stage, body, Math.floor(body.length * part));
  await torn(stage, body, body.length - 1);
  await wait(300);
  must((await countHandovers(stage)) === before, 'half a body was stored');
  mustBe(await push(stage, body), { status: 202 }, 'whole');
  return '5 torn bodies, nothing stored; twin 202';
}

async function killedBefore(stage: Stage): Promise<string> {
  const gateway = stage.gateways[0];
  must(gateway, 'there is no gateway here');
  const receiver = stage.freshReceiver();
  stage.receiver.behave(receiver.id, answer(503));
  const { location, taskId } = await handedOver(stage, { receiver });
  await until(() => stage.receiver.of(receiver.id).length > 0, 'a first attempt');
  for (const one of stage.gateways) await one.run.kill();
  stage.receiver.behave(receiver.id, undefined);
  const failed = stage.receiver.of(receiver.id).length;
  // a letter is dead after eight seconds here; how long this machine takes to start the gateways again must not count
  const later = new Date(Date.now() + 60_000).toISOString();
  await stage.alter(`update outbox set live_since = '${later}' where participant_id = '${receiver.id}'`);
  for (const one of stage.gateways) await one.restart();
  await delivered(stage, location);
  await wait(400);
  const paths = stage.receiver
    .of(receiver.id)
    .slice(failed)
    .map((one) => one.path);
  must(paths.length === 1 && paths[0]?.endsWith(taskId), `${paths.length} notifications after the restart`);
  return 'killed between 202 and notification: delivered once after the restart';
}

async function killedInside(stage: Stage): Promise<string> {
  const acknowledged = new Map<string, string>();
  const bodies: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const mine = Array.from({ length: 30 }, () => JSON.stringify(handoff()));
    bodies.push(...mine);
    const pushes = mine.map(async (body, index) => {
      await wait(index * 4);
      const seen = await push(stage, body).catch(() => undefined);
      if (seen?.status === 202) acknowledged.set(body, seen.headers.location ?? '');
    });
    await wait(200 + ((stage.seed * (round + 7)) % 250));
    const victim = stage.gateways[round % stage.gateways.length];
    must(victim, 'there is no gateway here');
    await victim.run.kill();
    await Promise.all(pushes);
    await victim.restart();
  }
  for (const [body, location] of acknowledged) {
    const again = await push(stage, body);
    must(again.status === 200 && again.headers.location === location, `acknowledged, then ${again.status}`);
  }
  const unknown = bodies.filter((body) => !acknowledged.has(body));
  for (const body of unknown)
    must([200, 202].includes((await push(stage, body)).status), 'an unknown one cannot be pushed again');
  return `4 kills, ${acknowledged.size} acknowledged and there, ${unknown.length} unknown and resolved`;
}

async function unknownOutcome(stage: Stage): Promise<string> {
  const repeat = stage.freshReceiver();
  const reset = (receiver: Known): void =>
    stage.receiver.behave(receiver.id, (response, _arrival, nth) =>
      nth === 1 ? response.socket?.destroy() : response.writeHead(202).end(),
    );
  reset(repeat);
  stage.receiver.behave(once.id, (response) => response.socket?.destroy());
  const [one, other] = [
    await handedOver(stage, { receiver: repeat }),
    await handedOver(stage, { receiver: once }),
  ];
  await delivered(stage, one.location);
  const [first] = attemptsIn(await statusOf(stage, one.location));
  must(first?.result === 'unknown', `the first attempt is told as ${first?.result}`);
  must(
    new Set(stage.receiver.of(repeat.id).map((arrival) => arrival.path)).size === 1,
    'the repeat names another Task',
  );
  await until(async () => stateOf(await statusOf(stage, other.location)) === 'unknown', 'parked as unknown');
  await wait(1_500);
  must(stage.receiver.of(once.id).length === 1, 'sent again where that is not safe');
  const status = await statusOf(stage, other.location);
  must(
    (status.steps as Tree[]).find((step) => step.step === 'notified')?.at === 'unknown',
    'the truth table guesses',
  );
  stage.receiver.behave(once.id, undefined);
  const replayed = await stage.cli(['outbox', 'replay', '--participant', once.id]);
  must(replayed.code === 0, replayed.out);
  await delivered(stage, other.location);
  must(stage.receiver.of(once.id).length === 2, 'replayed once');
  return 'unknown told as unknown; repeated where safe, parked elsewhere, replay by command delivers';
}

async function silence(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  stage.receiver.behave(receiver.id, (response, _arrival, nth) =>
    nth === 1 ? undefined : response.writeHead(202).end(),
  );
  const { location } = await handedOver(stage, { receiver });
  await delivered(stage, location);
  const [first] = attemptsIn(await statusOf(stage, location));
  must(first?.result === 'unknown', `a silent receiver is told as ${first?.result}`);
  return 'no answer within the limit is unknown, then repeated';
}

async function retryAfter(stage: Stage): Promise<string> {
  const date = (ms: number): string => new Date(Date.now() + ms).toUTCString();
  const values: [string, string, number, number][] = [
    ['120', '120', 2_300, 5_500],
    ['a date', date(2_000), 400, 5_500],
    ['10^9', '1000000000', 2_300, 5_500],
    ['-5', '-5', 0, 3_500],
    ['text', 'soon', 0, 3_500],
    ['empty', '', 0, 3_500],
    ['1e3', '1e3', 0, 5_500],
    ['0', '0', 0, 3_500],
    ['a past date', date(-86_400_000), 0, 3_500],
  ];
  const waits = values.map(async ([name, value, least, most]) => {
    const receiver = stage.freshReceiver();
    stage.receiver.behave(receiver.id, (response, _arrival, nth) =>
      nth === 1 ? response.writeHead(503, { 'retry-after': value }).end() : response.writeHead(202).end(),
    );
    await handedOver(stage, { receiver });
    await until(() => stage.receiver.of(receiver.id).length >= 2, `${name}: a second attempt`, 9_000);
    const [first, second] = stage.receiver.of(receiver.id);
    const ms = (second?.at ?? 0) - (first?.at ?? 0);
    must(ms >= least && ms <= most, `${name}: again after ${ms} ms`);
    await wait(300);
    must(
      stage.receiver.of(receiver.id).length === 2,
      `${name}: ${stage.receiver.of(receiver.id).length} attempts`,
    );
    return `${name} ${ms} ms`;
  });
  return (await Promise.all(waits)).join(', ');
}

async function verdicts(stage: Stage): Promise<string> {
  const permanent = [
    400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 415, 418, 422, 451, 300, 301, 304, 307,
  ];
  const again = [408, 425, 429, 500, 501, 502, 503, 504, 599];
  const all = [
    ...permanent.map((status) => ({ status, isPermanent: true })),
    ...again.map((status) => ({ status, isPermanent: false })),
  ];
  const wrong: string[] = [];
  const run = async ({ status, isPermanent }: { status: number; isPermanent: boolean }): Promise<void> => {
    const receiver = stage.freshReceiver();
    stage.receiver.behave(receiver.id, (response, _arrival, nth) =>
      nth === 1 ? response.writeHead(status).end() : response.writeHead(202).end(),
    );
    const pushed = await push(stage, handoff({ receiver }));
    mustBe(pushed, { status: 202 }, 'the push');
    const location = locationOf(pushed);
    await until(
      async () => ['delivered', 'failed'].includes(stateOf(await statusOf(stage, location))),
      `${status} settles`,
    );
    const state = stateOf(await statusOf(stage, location));
    const attempts = stage.receiver.of(receiver.id).length;
    const expected = isPermanent ? 'failed 1' : 'delivered 2';
    if (`${state} ${attempts}` !== expected) wrong.push(`${status}: ${state} ${attempts}`);
  };
  await Promise.all(all.map(run));
  let tokens = 0;
  stage.receiver.behave(withToken.id, (response, arrival) => {
    tokens += 1;
    response.writeHead(arrival.headers.authorization && tokens > 1 ? 202 : 401).end();
  });
  const before = stage.receiver.of(`token/${withToken.id}`).length;
  const { location } = await handedOver(stage, { receiver: withToken });
  await delivered(stage, location);
  stage.receiver.behave(withToken.id, undefined);
  must(wrong.length === 0, wrong.join(', '));
  must(tokens === 2, `401 with a token: ${tokens} attempts`);
  return `${permanent.length} permanent, ${again.length} tried again; 401 once more with a fresh token (${stage.receiver.of(`token/${withToken.id}`).length - before} fetched)`;
}

async function dead(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  stage.receiver.behave(receiver.id, answer(503));
  const all: HandedOver[] = [];
  for (let index = 0; index < 5; index += 1) all.push(await handedOver(stage, { receiver }));
  const state = async (): Promise<string[]> =>
    Promise.all(all.map(async ({ location }) => stateOf(await statusOf(stage, location))));
  await until(async () => (await state()).every((one) => one === 'dead'), 'dead letters', 25_000);
  const [first] = all;
  must((await statusOf(stage, first?.location ?? '')).steps !== undefined, 'the sender sees it');
  const steps = (await statusOf(stage, first?.location ?? '')).steps as Tree[];
  must(steps.find((step) => step.step === 'notified')?.at === 'failed', 'the truth table says failed');
  const attempts = stage.receiver.of(receiver.id).length;
  must(attempts < 200, `${attempts} attempts`);
  stage.receiver.behave(receiver.id, undefined);
  const listed = await stage.cli(['outbox', 'list', '--participant', receiver.id]);
  must(listed.code === 0 && (listed.out.match(/dead/g) ?? []).length >= 5, listed.out.slice(0, 200));
  const replayed = await stage.cli(['outbox', 'replay', '--participant', receiver.id]);
  must(replayed.code === 0, replayed.out);
  await until(async () => (await state()).every((one) => one === 'delivered'), 'delivery after the replay');
  await wait(400);
  const later = stage.receiver
    .of(receiver.id)
    .slice(attempts)
    .map((one) => one.path);
  must(later.length === 5 && new Set(later).size === 5, `${later.length} after the replay`);
  return `5 dead after ${attempts} attempts, listed, replayed, delivered once each`;
}

async function stopped(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  stage.receiver.behave(receiver.id, (response) => void setTimeout(() => response.writeHead(503).end(), 300));
  const all: HandedOver[] = [];
  for (let index = 0; index < 10; index += 1) all.push(await handedOver(stage, { receiver }));
  const stop = await stage.cli(['participant', 'stop', receiver.id]);
  must(stop.code === 0, stop.out);
  await wait(1_000);
  const count = stage.receiver.of(receiver.id).length;
  await wait(1_500);
  must(
    stage.receiver.of(receiver.id).length === count,
    `${stage.receiver.of(receiver.id).length - count} connections after the stop`,
  );
  stage.receiver.behave(receiver.id, undefined);
  const resume = await stage.cli(['participant', 'resume', receiver.id]);
  must(resume.code === 0, resume.out);
  for (const { location } of all) await delivered(stage, location);
  const good = stage.receiver
    .of(receiver.id)
    .filter((one) => one.status === 202)
    .map((one) => one.path);
  must(new Set(good).size === 10 && good.length === 10, `${good.length} delivered`);
  return 'nothing from 1 s after the stop; resumed, 10 delivered once each';
}

async function ordered(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  const seen: number[] = [];
  let failing = true;
  const name = newCase();
  let taskId = '';
  stage.receiver.behave(receiver.id, (response) => {
    if (failing) return void response.writeHead(503).end();
    readTask(stage, taskId, receiver).then(
      (task) => {
        seen.push(Number(JSON.parse(task.text).meta.versionId));
        response.writeHead(202).end();
      },
      () => response.destroy(),
    );
  });
  const first = await handedOver(stage, { receiver, case: name, diagnosis: 'femurkopbreuk 1' });
  taskId = first.taskId;
  for (const version of [2, 3]) {
    mustBe(
      await push(stage, handoff({ receiver, case: name, diagnosis: `femurkopbreuk ${version}` })),
      { status: 202 },
      `version ${version}`,
    );
  }
  await wait(1_200);
  failing = false;
  await delivered(stage, first.location);
  await wait(500);
  must(seen.length > 0 && seen.every((version, index) => version >= (seen[index - 1] ?? 0)), `seen ${seen}`);
  must(seen.at(-1) === 3, `the Task shows version ${seen.at(-1)}`);
  const document = await stage.ask({
    path: `/stu3/Composition/${JSON.parse((await readTask(stage, taskId, receiver)).text).input[0].valueReference.reference.split('/')[1]}/$document`,
    as: receiver,
  });
  must(
    document.text.includes('femurkopbreuk 3') && !document.text.includes('femurkopbreuk 1'),
    'old content is served',
  );
  return `three versions while the receiver fails: it saw ${seen.join(', ')}`;
}

async function cancelled(stage: Stage): Promise<string> {
  const cancel = (location: string): Promise<Seen> =>
    stage.ask({ method: 'DELETE', path: location, as: epd });
  const slow = stage.freshReceiver();
  stage.receiver.behave(slow.id, (response) => void setTimeout(() => response.writeHead(202).end(), 700));
  const flying = await handedOver(stage, { receiver: slow });
  await until(() => stage.receiver.of(slow.id).length === 1, 'a notification in flight');
  mustBe(await cancel(flying.location), { status: 200 }, 'in flight');
  const read = await stage.ask({ path: `/stu3/Composition/${flying.compositionId}`, as: slow });
  must(read.status === 403, `content after the cancellation: ${read.status}`);
  must(
    JSON.parse((await readTask(stage, flying.taskId, slow)).text).status === 'cancelled',
    'the Task says cancelled',
  );
  await until(() => stage.receiver.of(slow.id).length === 2, 'the receiver is told');
  mustBe(await cancel(flying.location), { status: [200, 409] }, 'twice');
  mustBe(
    await putTask(stage, flying.taskId, { ...flying.task, status: 'completed' }, { as: slow }),
    { status: [409, 422] },
    'completed after cancelled',
  );
  await wait(900);
  must(stage.receiver.of(slow.id).length === 2, 'told twice');
  const refusing = stage.freshReceiver();
  stage.receiver.behave(refusing.id, answer(400));
  const letter = await handedOver(stage, { receiver: refusing });
  await until(async () => stateOf(await statusOf(stage, letter.location)) === 'failed', 'a refused letter');
  mustBe(await cancel(letter.location), { status: 200 }, 'a dead letter');
  const done = await handedOver(stage);
  mustBe(
    await putTask(stage, done.taskId, { ...done.task, status: 'completed' }),
    { status: 200 },
    'completed',
  );
  mustBe(await cancel(done.location), { status: [409, 422] }, 'after completion');
  mustBe(await push(stage, flying.bundle), { status: 409 }, 'the same case after the cancellation');
  return 'grant ended first, told once; a dead letter 200; after completion 409';
}

async function wrongKey(stage: Stage): Promise<string> {
  const other = await stage.another({});
  const file = join(other.folder.folder, 'keys/content.json');
  await other.end();
  const good = await readFile(file, 'utf8');
  const keys = JSON.parse(good);
  const wrong: [string, unknown][] = [
    [
      'another key under the id',
      { ...keys, keys: { [keys.current]: Buffer.alloc(32, 7).toString('base64') } },
    ],
    ['another hash key', { ...keys, hashKey: Buffer.alloc(32, 9).toString('base64') }],
    ['a short key', { ...keys, keys: { [keys.current]: 'AAAA' } }],
    ['current unknown', { ...keys, current: 'nothing' }],
  ];
  for (const [name, content] of wrong) {
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    const started = await other.restart().then(
      () => true,
      () => false,
    );
    if (started) await other.end();
    must(!started, `${name}: the gateway starts`);
  }
  await writeFile(file, good, { mode: 0o600 });
  await other.restart();
  await other.end();
  return `${wrong.length} wrong key files: start refused; twin starts`;
}

async function graceful(stage: Stage): Promise<string> {
  const gateway = stage.gateways[0];
  must(gateway, 'there is no gateway here');
  const codes: string[] = [];
  // the machine had taken the connection, the gateway had not: the caller does not know, and asks again
  const unknown: string[] = [];
  let acknowledged = 0;
  let going = true;
  const headers = { ...fhirJson, connection: 'close' };
  const one = async (): Promise<void> => {
    const body = JSON.stringify(handoff());
    const seen = await push(stage, body, { gateway: 0, headers }).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    const result = seen instanceof Error ? String(seen.code) : String(seen.status);
    if (result === '202') acknowledged += 1;
    else if (result === 'ECONNRESET') unknown.push(body);
    else if (result !== 'ECONNREFUSED') codes.push(result);
    if (seen instanceof Error) await wait(20);
  };
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (going) await one();
    }),
  );
  await wait(500);
  const began = Date.now();
  const code = await gateway.run.stop();
  const ms = Date.now() - began;
  going = false;
  await load;
  await gateway.restart();
  must(code === 0 && codes.length === 0, `exit ${code}, of ${acknowledged}: ${[...new Set(codes)]}`);
  for (const body of unknown)
    must([200, 202].includes((await push(stage, body)).status), 'an unknown one cannot be pushed again');
  must(ms < 8_000, `it took ${ms} ms`);
  return `SIGTERM under load: exit 0 in ${ms} ms, ${acknowledged} acknowledged, none cut, ${unknown.length} not yet taken and pushed again`;
}

async function deadCallback(stage: Stage): Promise<string> {
  const healthy = await timeToReceiver(stage);
  stage.receiver.behave(epd.id, () => undefined);
  const done = await Promise.all(Array.from({ length: 12 }, () => handedOver(stage)));
  await Promise.all(done.map((one) => putTask(stage, one.taskId, { ...one.task, status: 'completed' })));
  await wait(300);
  const during = await timeToReceiver(stage);
  stage.receiver.behave(epd.id, undefined);
  must(during < healthy * 3 + 500, `receivers waited ${during} ms, before ${healthy}`);
  await until(
    async () => {
      const states = await Promise.all(
        done.map(async ({ location }) => stateOf(await statusOf(stage, location), 'callback')),
      );
      return states.every((state) => state === 'delivered' || state === 'dead');
    },
    'callbacks settle',
    20_000,
  );
  return `a hanging callback: receivers ${healthy} → ${during} ms`;
}

async function timeToReceiver(stage: Stage): Promise<number> {
  const receiver = stage.freshReceiver();
  const pushed = await push(stage, handoff({ receiver }));
  mustBe(pushed, { status: 202 }, 'the push');
  const began = Date.now();
  await until(() => stage.receiver.of(receiver.id).length > 0, 'a notification');
  return Date.now() - began;
}

async function withoutStore(stage: Stage): Promise<string> {
  const own = await handedOver(stage);
  const body = JSON.stringify(handoff());
  const before = await countHandovers(stage);
  const start = await stage.stopStore();
  const answers: Seen[] = [];
  try {
    answers.push(
      await push(stage, body),
      await readTask(stage, own.taskId),
      await stage.ask({ path: `/stu3/Composition/${own.compositionId}/$document`, as: ecdB }),
      await putTask(stage, own.taskId, { ...own.task, status: 'completed' }),
      await stage.ask({ path: own.location, as: epd }),
    );
  } finally {
    await start();
  }
  must(
    answers.every((one) => one.status === 503 && /OperationOutcome|"status":503/.test(one.text)),
    `${answers.map((one) => one.status)}`,
  );
  must(
    answers.every((one) => !one.text.includes('Kwartelveen') && !one.text.includes(own.compositionId)),
    'data left without its record',
  );
  await until(async () => (await readTask(stage, own.taskId)).status === 200, 'recovery by itself');
  must((await countHandovers(stage)) === before, 'something was stored all the same');
  const again = await push(stage, body);
  mustBe(again, { status: 202 }, 'afterwards');
  return '5×503, nothing stored, nothing left; recovers by itself, twin 202';
}

export const delivery: Group = {
  id: 'D',
  title: 'delivery faults',
  cases: [
    { id: 'D01', title: 'the same push twice, and fifty at once at all gateways', run: same },
    { id: 'D02', title: 'twelve contents of one case at once', run: versionsAtOnce },
    { id: 'D03', title: 'the answer is lost', run: lostAnswer },
    { id: 'D04', title: 'the body is cut', run: tornBodies },
    { id: 'D05', title: 'killed between 202 and notification', run: killedBefore },
    { id: 'D06', title: 'killed while pushes are stored', run: killedInside },
    { id: 'D07', title: 'the receiver reads all, then resets', run: unknownOutcome },
    { id: 'D08', title: 'the receiver reads all, then is silent', run: silence },
    { id: 'D09', title: 'Retry-After in every spelling', run: retryAfter },
    { id: 'D10', title: 'every status of a receiver', run: verdicts },
    { id: 'D11', title: 'a dead receiver', run: dead },
    { id: 'D12', title: 'the kill switch', run: stopped },
    { id: 'D14', title: 'three versions while the receiver fails', run: ordered },
    { id: 'D15', title: 'cancelled in flight, dead, twice, too late', run: cancelled },
    { id: 'D19', title: 'the store does not answer', run: withoutStore },
    { id: 'D21', title: 'a wrong key file', run: wrongKey },
    { id: 'D23', title: 'stopped under load', run: graceful },
    { id: 'D24', title: 'the sender’s callback hangs', run: deadCallback },
  ],
};
