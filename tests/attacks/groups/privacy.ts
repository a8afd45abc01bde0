// Group L: does anything tell more than it should? Answers, ids, times, the Task, what receivers are sent. The scan at the end is L01 and L02.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { codesIn, type Group, must } from '../attack.ts';
import { ecdB, ecdC, epd, pool, shaped } from '../cast.ts';
import { bsns, diagnosisWord, handoff, patients, secretWords } from '../content.ts';
import { handedOver, locationOf, push, readTask } from '../handovers.ts';
import { spellings } from '../scan.ts';
import { type Seen, type Stage, until } from '../stage.ts';

const inside =
  /node_modules|\bat [\w.<>]+ \(|\/src\/|sqlite|postgres|kysely|\bexpress\b|TypeError|RangeError|ECONN|select .* from|node:internal/i;

async function errorAnswers(stage: Stage): Promise<string> {
  if (stage.errors.length < 5)
    for (let index = 0; index < 5; index += 1) await stage.ask({ path: '/stu3/Task/x', as: ecdB });
  const all = stage.errors;
  must(all.length > 0, 'there is no error answer here');
  const names = [...pool.slice(0, 3).map(({ name }) => name), ecdC.name];
  const wrong = all.flatMap(({ status, text }) => {
    const found =
      inside.exec(text)?.[0] ??
      names.find((name) => text.includes(name)) ??
      bsns.find((bsn) => text.includes(bsn)) ??
      secretWords.find((word) => text.includes(word));
    return found === undefined ? [] : [`${status}: ${found} in ${text.slice(0, 120)}`];
  });
  must(wrong.length === 0, `${wrong.length}: ${wrong.slice(0, 3).join(' | ')}`);
  return `${all.length} answers of 400 and above: nothing of the inside, of others or of patients`;
}

const plainly = (seen: Seen): string =>
  `${seen.status} ${seen.text} ${Object.entries(seen.headers)
    .filter(([name]) => !['date', 'x-request-id'].includes(name))
    .sort()
    .join()}`;

async function oracle(stage: Stage): Promise<string> {
  const own = await handedOver(stage);
  const random = '3f2b8c1e-5a4d-4e6f-8a9b-0c1d2e3f4a5b';
  const routes: [string, string, typeof ecdB][] = [
    ['Task', own.taskId, ecdC],
    ['Composition', own.compositionId, ecdC],
    ['Patient', own.compositionId, ecdC],
    ['Composition', own.taskId, ecdB],
    ['Composition', own.compositionId, epd],
  ];
  for (const [type, id, as] of routes) {
    const [foreign, nothing] = [
      await stage.ask({ path: `/stu3/${type}/${id}`, as }),
      await stage.ask({ path: `/stu3/${type}/${random}`, as }),
    ];
    must(
      foreign.status === 404 && plainly(foreign) === plainly(nothing),
      `${type} of another differs from nothing: ${foreign.status}, ${nothing.status}`,
    );
  }
  const [mine, none] = [
    await stage.ask({ path: own.location, as: ecdB }),
    await stage.ask({ path: `/handover/${random}`, as: ecdB }),
  ];
  must(plainly(mine) === plainly(none), 'a status of another differs from nothing');
  const [odd, good] = [
    await stage.ask({ path: '/stu3/Task/x', as: ecdC }),
    await stage.ask({ path: `/stu3/Task/${random}`, as: ecdC }),
  ];
  must(odd.status === 404 && plainly(odd) === plainly(good), 'an odd id differs from a good one');
  const twin = await readTask(stage, own.taskId);
  must(twin.status === 200, `twin ${twin.status}`);
  return 'byte-equal 404 for foreign, random, other type and odd ids; twin 200';
}

const median = (all: readonly number[]): number =>
  [...all].sort((one, other) => one - other)[all.length >> 1] ?? 0;

async function timing(stage: Stage): Promise<string> {
  const own = await handedOver(stage);
  const random = '3f2b8c1e-5a4d-4e6f-8a9b-0c1d2e3f4a5b';
  const paths: Record<string, string> = {
    foreign: `/stu3/Task/${own.taskId}`,
    nothing: `/stu3/Task/${random}`,
    content: `/stu3/Composition/${own.compositionId}`,
    noContent: `/stu3/Composition/${random}`,
  };
  const times = new Map<string, number[]>();
  for (let round = 0; round < 150; round += 1) {
    for (const [name, path] of Object.entries(paths)) {
      const seen = await stage.ask({ path, as: ecdC, gateway: 0 });
      must(seen.status === 404, `${name}: ${seen.status}`);
      times.set(name, [...(times.get(name) ?? []), seen.ms]);
    }
  }
  const at = (name: string): number => median(times.get(name) ?? []);
  for (const [one, other] of [
    ['foreign', 'nothing'],
    ['content', 'noContent'],
  ] as const) {
    must(
      Math.abs(at(one) - at(other)) < Math.max(0.5, 0.35 * at(other)),
      `${one} ${at(one).toFixed(2)} ms, ${other} ${at(other).toFixed(2)} ms`,
    );
  }
  return [...times.keys()].map((name) => `${name} ${at(name).toFixed(2)} ms`).join(', ');
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function ids(stage: Stage): Promise<string> {
  const kinds = new Map<string, string[]>();
  const add = (kind: string, id: string): void => void kinds.set(kind, [...(kinds.get(kind) ?? []), id]);
  for (let round = 0; round < 40; round += 1) {
    const made = await Promise.all(Array.from({ length: 5 }, () => push(stage, handoff())));
    for (const seen of made) {
      must(seen.status === 202, `${seen.status}`);
      add('handover', locationOf(seen).split('/')[2] ?? '');
    }
  }
  for (const row of await stage.rows('select task_id, composition_id from handover')) {
    add('Task', String(row.task_id));
    add('Composition', String(row.composition_id));
  }
  const told: string[] = [];
  for (const [kind, all] of kinds) {
    const unique = new Set(all);
    must(
      all.every((id) => uuid.test(id)),
      `${kind}: not UUIDv4`,
    );
    must(unique.size === all.length, `${kind}: ${all.length - unique.size} doubled`);
    const bits = all.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
    let worst = 0;
    for (let bit = 0n; bit < 128n; bit += 1n) {
      if ((bit >= 76n && bit < 80n) || bit === 62n || bit === 63n) continue;
      const ones = bits.filter((value) => (value >> bit) & 1n).length;
      worst = Math.max(worst, Math.abs(ones - all.length / 2) / Math.sqrt(all.length / 4));
    }
    must(worst < 5, `${kind}: a bit is ${worst.toFixed(1)} deviations off`);
    const rising =
      all.slice(1).filter((id, index) => id > (all[index] ?? '')).length / Math.max(1, all.length - 1);
    must(Math.abs(rising - 0.5) < 0.2, `${kind}: ordered in time (${rising.toFixed(2)})`);
    told.push(`${all.length} ${kind}`);
  }
  return `${told.join(', ')}: UUIDv4, 122 bits even, no order in time`;
}

async function taskBody(stage: Stage): Promise<string> {
  const { taskId, task } = await handedOver(stage);
  const bodies = [
    JSON.stringify(task),
    (await stage.ask({ path: `/stu3/Task/${taskId}`, as: ecdB, headers: { accept: 'application/fhir+xml' } }))
      .text,
    (await stage.ask({ path: `/stu3/Task/${taskId}`, as: epd })).text,
  ];
  for (const text of bodies) {
    const found = [...secretWords, ...bsns.flatMap(spellings)].filter((word) => text.includes(word));
    must(found.length === 0, `the Task holds ${found}`);
  }
  must(
    task.description === undefined &&
      task.text === undefined &&
      !JSON.stringify(task.for).includes('display'),
    'description, narrative or display',
  );
  must(JSON.stringify(task.for).includes('reference'), 'twin: for is a reference');
  return 'JSON and XML, for receiver and sender: no word of the patient';
}

async function shapes(stage: Stage): Promise<string> {
  const told: string[] = [];
  for (const receiver of shaped) {
    const own = await handedOver(stage, { receiver });
    await until(() => stage.receiver.of(receiver.id).length > 0, `shape ${receiver.id}`);
    for (const arrival of stage.receiver.of(receiver.id)) {
      const text = `${arrival.path} ${JSON.stringify(arrival.headers)} ${arrival.body}`;
      const found = [...secretWords, ...bsns.flatMap(spellings), own.compositionId].filter((word) =>
        text.includes(word),
      );
      must(found.length === 0, `${receiver.id}: ${found}`);
    }
    told.push(
      `${receiver.id.slice(-1).toUpperCase()} ${stage.receiver.of(receiver.id)[0]?.body.length} bytes`,
    );
  }
  return `${told.join(', ')}: no BSN, no name, no diagnosis, no content id`;
}

async function caches(stage: Stage): Promise<string> {
  const { taskId, compositionId } = await handedOver(stage);
  for (const path of [
    `/stu3/Task/${taskId}`,
    `/stu3/Composition/${compositionId}`,
    `/stu3/Composition/${compositionId}/$document`,
  ]) {
    const seen = await stage.ask({ path, as: ecdB });
    must(
      /no-store/.test(seen.headers['cache-control'] ?? '') && /authorization/i.test(seen.headers.vary ?? ''),
      `${path}: ${seen.headers['cache-control']}, Vary ${seen.headers.vary}`,
    );
    const etag = seen.headers.etag ?? '';
    const other = await stage.ask({ path, as: ecdC, headers: { 'if-none-match': etag } });
    must(other.status === 404, `C with B’s ETag: ${other.status}`);
    const twin = await stage.ask({ path, as: ecdB, headers: { 'if-none-match': etag } });
    must(twin.status === 304 && twin.body.length === 0, `twin ${twin.status}`);
  }
  return 'no-store and Vary; another’s ETag is 404; twin 304';
}

async function production(stage: Stage): Promise<string> {
  const first = stage.gateways[0];
  must(first, 'there is no gateway here');
  const settings = parse(await readFile(first.folder.settingsFile, 'utf8'));
  const file = join(first.folder.folder, 'production.yaml');
  await writeFile(
    file,
    stringify({
      ...settings,
      gateway: { ...settings.gateway, mode: 'production', baseUrl: 'https://sluis.example' },
    }),
    { mode: 0o600 },
  );
  const { spawn } = await import('node:child_process');
  const seen = await new Promise<{ code: number | null; out: string }>((resolve) => {
    const child = spawn(process.execPath, ['src/cli.ts', 'start', '--config', file], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let out = '';
    child.stderr.on('data', (chunk) => (out += chunk));
    child.stdout.on('data', (chunk) => (out += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), 25_000);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out });
    });
  });
  must(seen.code === 1 && /sandbox/i.test(seen.out), `exit ${seen.code}: ${seen.out.slice(0, 200)}`);
  for (const path of ['/sandbox', '/epd/log', '/ecd/faults', '/demo', '/control']) {
    const answer = await stage.ask({ path, as: epd });
    must(answer.status === 404 && codesIn(answer).has('not-found'), `${path}: ${answer.status}`);
  }
  return 'start refused with sandbox keys in production; no sandbox routes';
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return /\.(ts|json|md|ya?ml|xml)$/.test(entry.name) ? [path] : [];
  });
}

async function testData(stage: Stage): Promise<string> {
  must(stage.gateways.length > 0, 'there is no gateway here');
  const wrong: string[] = [];
  let count = 0;
  for (const file of ['src', 'tests', 'docs', 'docker', 'README.md'].flatMap((name) =>
    name.includes('.') ? [name] : filesUnder(name),
  )) {
    if (file.endsWith('.generated.json')) continue;
    count += 1;
    for (const [near = '', number = ''] of readFileSync(file, 'utf8').matchAll(
      /bsn[^\n]{0,60}?\b(\d{9})\b/gi,
    )) {
      const sum = [...number].reduce(
        (total, digit, index) => total + Number(digit) * (index === 8 ? -1 : 9 - index),
        0,
      );
      if (sum % 11 === 0 && !/^(9|012345)/.test(number)) wrong.push(`${file}: ${near.slice(0, 40)}`);
    }
  }
  must(wrong.length === 0, wrong.slice(0, 3).join(' | '));
  must(patients.yes.bsn.startsWith('999') && diagnosisWord.length > 0, 'test numbers');
  return `${count} files, test numbers only`;
}

export const privacy: Group = {
  id: 'L',
  title: 'privacy',
  cases: [
    { id: 'L03', title: 'every error answer of this run', run: errorAnswers },
    { id: 'L04', title: 'not yours and not there are one answer', run: oracle },
    { id: 'L05', title: 'and take the same time', run: timing },
    { id: 'L08', title: 'ids that nobody can guess', run: ids },
    { id: 'L09', title: 'the Task', run: taskBody },
    { id: 'L10', title: 'notifications in every shape', run: shapes },
    { id: 'L15', title: 'caches between two callers', run: caches },
    { id: 'L17', title: 'the sandbox in production', run: production },
    { id: 'L18', title: 'numbers in the repository', run: testData },
  ],
};
