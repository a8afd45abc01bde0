// Group S: whom does the gateway call, and what does it do with what comes back? Only registered addresses, never because content says so.
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { FhirResource } from '../../../src/model.ts';
import { resourceIn } from '../../world/nursingHandoff.ts';
import { type Group, must } from '../attack.ts';
import { evil, withToken } from '../cast.ts';
import { changed, handoff, rowsOf } from '../content.ts';
import { handedOver, locationOf, push, statusOf } from '../handovers.ts';
import { mustBe } from '../raw.ts';
import { regionUrls } from '../region.ts';
import type { Behaviour } from '../servers.ts';
import { type Stage, until } from '../stage.ts';

type Tree = Record<string, unknown>;

const hostile = [
  'http://127.0.0.1',
  'http://[::1]',
  'http://0',
  'http://0.0.0.0',
  'http://2130706433',
  'http://0x7f.1',
  'http://017700000001',
  'http://127.1',
  'http://169.254.169.254',
  'http://[fd00:ec2::254]',
  'http://[::ffff:127.0.0.1]',
  'http://[64:ff9b::7f00:1]',
  'http://localhost',
  'http://localhost.',
  'http://a.localhost',
  'http://10.0.0.1',
  'http://192.168.1.1',
  'http://100.64.0.1',
  'http://168.63.129.16',
  'http://224.0.0.1',
  'http://user:pass@example.org',
  'file:///etc/passwd',
  'gopher://127.0.0.1',
  'unix:/var/run/x',
  'ftp://example.org',
  'javascript:alert(1)',
  'http://',
  '//example.org',
  'http://１２７.0.0.1',
  'http://127。0。0。1',
];

async function configured(stage: Stage): Promise<string> {
  const first = stage.gateways[0];
  must(first, 'there is no gateway here');
  const settings = parse(await readFile(first.folder.settingsFile, 'utf8'));
  const endpoint = (address: string, index: number): Tree => ({
    id: `p-${index}`,
    name: 'x',
    ura: String(91000000 + index),
    clients: [{ clientId: `c-${index}`, scopes: ['handover'], jwksUrl: `${address}/jwks` }],
    endpoints: [
      {
        id: 'n',
        address,
        shape: 'A',
        auth: { kind: 'private_key_jwt', tokenEndpoint: `${address}/token`, clientId: 'x' },
      },
      { id: 'c', kind: 'callback', address },
    ],
  });
  const file = join(first.folder.folder, 'hostile.yaml');
  const check = async (addresses: readonly string[]): Promise<{ code: number | null; out: string }> => {
    await writeFile(
      file,
      stringify({
        ...settings,
        mitz: undefined,
        outgoing: { allowPrivate: [] },
        participants: addresses.map(endpoint),
      }),
      { mode: 0o600 },
    );
    const { spawn } = await import('node:child_process');
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['src/cli.ts', 'config', 'check', file], {
        env: { ...process.env, NO_COLOR: '1' },
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (out += chunk));
      const timer = setTimeout(() => child.kill('SIGKILL'), 25_000);
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code, out });
      });
    });
  };
  const noHttp = hostile.filter((address) => !/^https?:\/\/[^@]+$/.test(address));
  const inside = hostile.filter((address) => !noHttp.includes(address));
  for (const addresses of [noHttp, inside]) {
    const all = await check(addresses);
    must(all.code === 1, `it started, or ended with ${all.code}: ${all.out.slice(0, 300)}`);
    const missing = addresses.filter((_, index) => !all.out.includes(`participants[${index}].`));
    must(missing.length === 0, `not named: ${missing.join(', ')}`);
    const places = ['jwksUrl', 'address', 'tokenEndpoint'].filter((place) => !all.out.includes(place));
    must(places.length === 0, `places not named: ${places}`);
  }
  const fine = await check(['https://receiver.example']);
  must(
    fine.code === null || !fine.out.includes('participants['),
    `a public address: ${fine.out.slice(0, 200)}`,
  );
  return `${hostile.length} addresses refused at the start, all at once; twin accepted`;
}

async function connecting(stage: Stage): Promise<string> {
  const other = await stage.another({
    outgoing: {
      allowPrivate: [stage.receiver.url, stage.evil.url, ...regionUrls(stage.region)].map(
        (url) => new URL(url).host,
      ),
    },
  });
  const touched = stage.canary.contacts.length;
  const settings = parse(await readFile(other.folder.settingsFile, 'utf8'));
  await other.end();
  const receiver = settings.participants.find((one: Tree) => one.id === 'ecd-c');
  const names = [
    `http://localtest.invalid:${stage.canary.port}`,
    `http://${hostname()}:${stage.canary.port}`,
  ];
  const heard: string[] = [];
  for (const address of names) {
    receiver.endpoints[0].address = address;
    await writeFile(other.folder.settingsFile, stringify(settings), { mode: 0o600 });
    const started = await other.restart().then(
      () => true,
      () => false,
    );
    if (!started) {
      heard.push('refused at the start');
      continue;
    }
    const { send } = await import('../stage.ts');
    const { signedAssertion, tokenForm } = await import('../assertions.ts');
    const { ecdC } = await import('../cast.ts');
    const base = other.urls[0] ?? '';
    const token = JSON.parse(
      (
        await send(base, {
          method: 'POST',
          path: '/oauth/token',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: tokenForm(signedAssertion(base)),
        })
      ).text,
    ).access_token;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
    const pushed = await send(base, {
      method: 'POST',
      path: '/stu3/$handover',
      headers,
      body: JSON.stringify(handoff({ receiver: ecdC })),
    });
    must(pushed.status === 202, `the push: ${pushed.status}`);
    const path = new URL(pushed.headers.location ?? '').pathname;
    let reason = '';
    await until(async () => {
      const status = JSON.parse(
        (await send(base, { path, headers: { authorization: `Bearer ${token}` } })).text,
      );
      reason = String(status.notifications?.[0]?.attempts?.[0]?.reason ?? '');
      return reason !== '';
    }, 'an attempt');
    heard.push(reason);
    await other.end();
  }
  must(stage.canary.contacts.length === touched, 'the canary was touched');
  return `names that lead inside: ${heard.join(', ')}; canary silent`;
}

async function redirects(stage: Stage): Promise<string> {
  const touched = stage.canary.contacts.length;
  const targets = [
    `${stage.canary.url}/x`,
    `${stage.receiver.url}/n/ecd-b`,
    'file:///etc/passwd',
    '/n/elsewhere',
  ];
  let count = 0;
  const before = stage.receiver.of('ecd-b').length;
  for (const status of [301, 302, 303, 307, 308, 300]) {
    for (const location of targets.slice(0, status === 302 ? 4 : 2)) {
      const receiver = stage.freshReceiver();
      stage.receiver.behave(receiver.id, (response) => response.writeHead(status, { location }).end());
      const { location: path } = await handedOver(stage, { receiver });
      await until(async () => stateOf(await statusOf(stage, path)) === 'failed', `${status} is permanent`);
      must(stage.receiver.of(receiver.id).length === 1, `${status}: tried again`);
      count += 1;
    }
  }
  stage.receiver.behave(`token/${withToken.id}`, (response) =>
    response.writeHead(307, { location: `${stage.canary.url}/token` }).end(),
  );
  const { location: path } = await handedOver(stage, { receiver: withToken });
  await until(
    async () => attemptsIn(await statusOf(stage, path)).length > 0,
    'an attempt with a redirected token',
  );
  stage.receiver.behave(`token/${withToken.id}`, undefined);
  await until(
    async () => stateOf(await statusOf(stage, path)) === 'delivered',
    'delivery once the token endpoint answers',
  );
  must(stage.canary.contacts.length === touched, 'a redirect was followed');
  must(stage.receiver.of('ecd-b').length === before, 'a redirect to ECD-B was followed');
  return `${count} redirects and one of the token endpoint: none followed; twin delivered`;
}

export const stateOf = (status: Tree, kind = 'announce'): string =>
  String((status.notifications as Tree[] | undefined)?.filter((one) => one.kind === kind).at(-1)?.state);
export const attemptsIn = (status: Tree): Tree[] =>
  ((status.notifications as Tree[] | undefined) ?? []).flatMap((one) => one.attempts as Tree[]);

async function named(stage: Stage): Promise<string> {
  const touched = stage.canary.contacts.length;
  const url = stage.canary.url;
  const made = (change: (bundle: FhirResource) => void): FhirResource => {
    const bundle = handoff();
    change(bundle);
    return bundle;
  };
  const bodies: FhirResource[] = [
    made((bundle) => {
      const document = resourceIn(bundle, 'DocumentReference/doc-1');
      (document.content as { attachment: Tree }[])[0]!.attachment.url = `${url}/document.pdf`;
    }),
    changed('Condition/cond-1', (one) => {
      one.meta = { profile: [`${url}/profile`] };
    }),
    changed('Condition/cond-1', (one) => {
      one.subject = { reference: `${url}/Patient/1` };
    }),
    changed('Condition/cond-1', (one) => {
      one.extension = [{ url: `${url}/extension`, valueUri: `${url}/uri` }];
    }),
    changed('Condition/cond-1', (one) => {
      one.code = { coding: [{ system: `${url}/codes`, code: 'x' }] };
    }),
    made(
      (bundle) =>
        void rowsOf(bundle).push({
          fullUrl: `${url}/Endpoint/1`,
          resource: {
            resourceType: 'Endpoint',
            id: 'e',
            status: 'active',
            connectionType: { code: 'hl7-fhir-rest' },
            payloadType: [{ text: 'x' }],
            address: `${url}/notify`,
          },
        }),
    ),
    made((bundle) => {
      rowsOf(bundle).push({
        fullUrl: `${url}/Endpoint/1`,
        resource: {
          resourceType: 'Endpoint',
          id: 'e',
          status: 'active',
          connectionType: { code: 'hl7-fhir-rest' },
          payloadType: [{ text: 'x' }],
          address: `${url}/notify`,
        },
      });
      resourceIn(bundle, 'Organization/org-2').endpoint = [{ reference: 'Endpoint/e' }];
    }),
    made((bundle) => {
      bundle.link = [{ relation: 'self', url: `${url}/self` }];
    }),
    made((bundle) => {
      rowsOf(bundle)[0]!.fullUrl = `${url}/Composition/1`;
    }),
    {
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: handoff() },
        { name: 'document', valueAttachment: { contentType: 'application/pdf', url: `${url}/a.pdf` } },
      ],
    },
  ];
  const statuses: number[] = [];
  for (const body of bodies) {
    const seen = await push(stage, body);
    must([202, 400, 422].includes(seen.status), `${seen.status}`);
    statuses.push(seen.status);
  }
  await wait(600);
  must(stage.canary.contacts.length === touched, `fetched: ${stage.canary.contacts.slice(touched)}`);
  mustBe(await push(stage, handoff()), { status: 202 }, 'twin');
  return `${bodies.length} addresses in content (${statuses.filter((one) => one === 202).length} accepted), none fetched`;
}

const strange: Record<string, Behaviour> = {
  '1xx storm': (response) => {
    for (let index = 0; index < 2_000; index += 1) response.socket?.write('HTTP/1.1 102 Processing\r\n\r\n');
    response.writeHead(202).end();
  },
  '5 000 headers': (response) => {
    response.socket?.write(
      `HTTP/1.1 202 Accepted\r\n${Array.from({ length: 5_000 }, (_, index) => `x${index}: y\r\n`).join('')}\r\n`,
    );
    response.socket?.end();
  },
  'a large body': (response) => {
    response.writeHead(202);
    const chunk = Buffer.alloc(1_048_576);
    let left = 64;
    const more = (): void => {
      if (response.destroyed || left-- === 0) return void response.end();
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  },
  'chunks without end': (response) => {
    response.writeHead(202);
    const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write('x')), 50);
  },
  'HTTP/0.9': (response) => void response.socket?.end('accepted\r\n'),
  '204 with a body': (response) =>
    void response.socket?.end('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'),
  'a length too short': (response) =>
    void response.socket?.end('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nhello world'),
  'a length too long': (response) =>
    void response.socket?.end('HTTP/1.1 202 Accepted\r\nContent-Length: 200\r\n\r\nhello'),
  'two lengths': (response) =>
    void response.socket?.end('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello'),
  noise: (response) => void response.socket?.end(Buffer.from([0, 255, 254, 13, 10])),
  'a gzip bomb': (response) => {
    response.writeHead(202, { 'content-encoding': 'gzip' });
    response.end(Buffer.from('H4sIAAAAAAAAA+3BAQ0AAADCoPdPbQ8HFAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'base64'));
  },
};

async function strangeAnswers(stage: Stage): Promise<string> {
  const cases = Object.entries(strange).map(async ([name, behaviour]) => {
    const receiver = stage.freshReceiver();
    stage.receiver.behave(receiver.id, behaviour);
    const { location } = await handedOver(stage, { receiver });
    return { name, location, receiver };
  });
  const all = await Promise.all(cases);
  const healthy = stage.freshReceiver();
  const began = Date.now();
  await handedOver(stage, { receiver: healthy });
  await until(() => stage.receiver.of(healthy.id).length === 1, 'a healthy receiver beside them', 3_000);
  const ms = Date.now() - began;
  const heard: string[] = [];
  for (const { name, location, receiver } of all) {
    await until(
      async () => attemptsIn(await statusOf(stage, location)).some((one) => one.endedAt !== undefined),
      `${name}: an attempt that ended`,
      6_000,
    );
    const [first] = attemptsIn(await statusOf(stage, location));
    heard.push(`${name}: ${first?.result}`);
    stage.receiver.behave(receiver.id, undefined);
  }
  for (const { name, location } of all) {
    await until(
      async () => ['delivered', 'failed', 'dead'].includes(stateOf(await statusOf(stage, location))),
      `${name} ends`,
      14_000,
    );
  }
  return `${heard.join(', ')}; a healthy one in ${ms} ms`;
}

async function leakingReceiver(stage: Stage): Promise<string> {
  stage.evil.notified = (response) => {
    response.writeHead(422, { 'content-type': 'application/fhir+json' });
    response.end(
      JSON.stringify({
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'error',
            code: 'exception',
            diagnostics: 'BSN 999911612 at db-internal-01 stack at x.js:1:1',
          },
        ],
      }),
    );
  };
  const pushed = await push(stage, handoff({ receiver: evil }));
  mustBe(pushed, { status: 202 }, 'the push');
  const location = locationOf(pushed);
  await until(async () => stateOf(await statusOf(stage, location)) === 'failed', 'refused for good');
  const text = JSON.stringify(await statusOf(stage, location));
  must(!/db-internal|stack at|999911612/.test(text), 'the receiver’s diagnostics came through');
  must(text.includes('"httpStatus":422'), 'the status is told');
  stage.evil.notified = (response) => response.writeHead(202).end();
  const sent = stage.evil.log.filter((one) => one.path.startsWith('/n'));
  must(
    sent.every(
      (one) => one.headers.authorization === undefined || !String(one.headers.authorization).includes('.'),
    ),
    'a gateway token went to EVIL-M',
  );
  return '422 told as a status, its text kept out';
}

export const outgoing: Group = {
  id: 'S',
  title: 'outgoing calls',
  cases: [
    { id: 'S01', title: 'addresses that lead inside, in the settings', run: configured },
    { id: 'S02', title: 'names that lead inside, at connect time', only: 'sqlite', run: connecting },
    { id: 'S03', title: 'redirects of receivers and of their token endpoint', run: redirects },
    { id: 'S06', title: 'addresses in content', run: named },
    { id: 'S10', title: 'answers that are none', run: strangeAnswers },
    { id: 'S13', title: 'what a receiver says in its refusal', run: leakingReceiver },
  ],
};
