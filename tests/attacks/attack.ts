// What is a case? A title, what is tried, what must come of it, and the permitted twin that shows the refusal means something.
import type { Seen, Stage } from './stage.ts';

export class NotAsExpected extends Error {}

export function must(condition: unknown, message: string): asserts condition {
  if (!condition) throw new NotAsExpected(message);
}

export type StoreKind = 'sqlite' | 'postgresql';

export type Case = {
  id: string;
  title: string;
  /** Runs on this store alone; on both when absent. */
  only?: StoreKind;
  /** Throws NotAsExpected; gives what was seen. */
  run(stage: Stage): Promise<string>;
};

export type Group = { id: string; title: string; cases: readonly Case[] };

export type Expected = {
  status: number | readonly number[];
  /** A code that must stand somewhere in the answer: OAuth error, issue code, rule or reason. */
  code?: string;
  /** How long the answer may take; the best of three counts, as others use this machine too. */
  ms?: number;
  /** Says what is wrong, or nothing. */
  check?(seen: Seen): string | undefined;
};

export type Try = { name: string; send(stage: Stage): Promise<Seen>; expected: Expected };

/** Every `code`, `error` and `reason` in a JSON answer, and the codes of an XML one. */
export function codesIn(seen: Seen): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (['code', 'error', 'reason'].includes(name) && typeof inner === 'string') found.add(inner);
      else walk(inner);
    }
  };
  try {
    walk(JSON.parse(seen.text));
  } catch {
    for (const [, code = ''] of seen.text.matchAll(/<code value="([^"]+)"/g)) found.add(code);
  }
  return found;
}

/** Says why an answer is not what was expected; undefined when it is. */
export function judge(seen: Seen, expected: Expected): string | undefined {
  const wanted = [expected.status].flat();
  if (!wanted.includes(seen.status)) {
    return `${seen.status} instead of ${wanted.join('/')} ${seen.text.slice(0, 160).replaceAll(/\s+/g, ' ')}`;
  }
  if (expected.code !== undefined && !codesIn(seen).has(expected.code)) {
    return `${seen.status} without ${expected.code}: ${[...codesIn(seen)].join(', ')}`;
  }
  if (seen.ms > (expected.ms ?? Infinity)) return `${Math.round(seen.ms)} ms instead of ${expected.ms}`;
  return expected.check?.(seen);
}

const shortly = (statuses: readonly number[]): string => {
  const counts = new Map<number, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => (count === 1 ? `${status}` : `${count}×${status}`)).join(' ');
};

export async function mustAll(stage: Stage, tries: readonly Try[]): Promise<readonly Seen[]> {
  const wrong: string[] = [];
  const all: Seen[] = [];
  for (const one of tries) {
    let seen = await one.send(stage);
    all.push(seen);
    for (let again = 0; again < 2 && seen.ms > (one.expected.ms ?? Infinity); again += 1) {
      seen = await one.send(stage);
    }
    const fault = judge(seen, one.expected);
    if (fault !== undefined) wrong.push(`${one.name}: ${fault}`);
  }
  must(wrong.length === 0, wrong.join(' | '));
  return all;
}

type Refusals = {
  tries(stage: Stage): readonly Try[] | Promise<readonly Try[]>;
  twin(stage: Stage): Try | Promise<Try>;
  /** Each refusal must have left exactly one record (checked by A08). */
  recorded?: boolean;
  /** The canary must be untouched afterwards. */
  canary?: boolean;
  after?(stage: Stage, seen: readonly Seen[]): Promise<void> | void;
};

/** The usual case: a list of things that are refused, and one that is not. */
export const refusals =
  ({ tries, twin, recorded, canary, after }: Refusals): Case['run'] =>
  async (stage) => {
    const touched = stage.canary.contacts.length;
    const seen = await mustAll(stage, await tries(stage));
    if (recorded) stage.recorded.push(...seen.filter((one) => one.status < 429));
    const allowed = await twin(stage);
    const permitted = await allowed.send(stage);
    const fault = judge(permitted, allowed.expected);
    must(fault === undefined, `the permitted twin (${allowed.name}) failed: ${fault}`);
    if (canary) {
      const contacts = stage.canary.contacts.slice(touched);
      must(contacts.length === 0, `the canary was touched: ${contacts.join(', ')}`);
    }
    await after?.(stage, seen);
    return `${shortly(seen.map((one) => one.status))}; twin ${permitted.status}${canary ? '; canary silent' : ''}`;
  };
