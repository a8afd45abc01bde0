// How long may a pattern search? A search that could take long ends when the run's time does.
// https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
import { createContext, Script } from 'node:vm';
import { RunFault } from '../faults.ts';
import { limitFault, type Run } from './frame.ts';

const patterns = new Map<string, RegExp>();

const expressionOf = (source: string, flags: string): RegExp => {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new RunFault('the text is no regular expression', { kind: 'fault', value: source });
  }
};

/** Whether a text of a map can be a pattern, so that a wrong one is found when the map is loaded. */
export const isPattern = (source: string): boolean => {
  try {
    return new RegExp(source, 'su').source !== '';
  } catch {
    return false;
  }
};

/** A text's regular expression, made once. @throws RunFault for text that is none */
export const patternOf = (source: string, flags: string): RegExp => {
  const key = `${flags}/${source}`;
  const known = patterns.get(key);
  if (known) return known;
  const made = expressionOf(source, flags);
  if (patterns.size < 1000) patterns.set(key, made);
  return made;
};

const repeatedGroup = /\)[*+{]/;
const repetitions = /[*+]|\{\d+,/g;

/** How long a text may be before a search of it by this pattern could take long. */
const harmlessLength = (source: string): number => {
  const count = source.match(repetitions)?.length ?? 0;
  if (repeatedGroup.test(source) || count > 2) return 16;
  return count > 0 ? 500 : Number.POSITIVE_INFINITY;
};

const context = createContext({ search: undefined });
const searching = new Script('search()');

const longest = 10_000;

const guarded = <T>(run: Run, search: () => T): T => {
  let found: { value: T } | undefined;
  context.search = () => {
    found = { value: search() };
  };
  try {
    const timeout = Math.ceil(Math.min(longest, Math.max(1, run.deadline - performance.now())));
    searching.runInContext(context, { timeout });
  } catch (error) {
    if (found === undefined) throw limitFault('time');
    throw error;
  } finally {
    context.search = undefined;
  }
  if (found === undefined) throw limitFault('time');
  return found.value;
};

/**
 * Searches a text by a pattern.
 * @throws GatewayError unprocessable (`map-limit`) when the search lasts longer than the run may
 */
export const searched = <T>(run: Run, about: { pattern: RegExp; text: string }, search: () => T): T =>
  about.text.length <= harmlessLength(about.pattern.source) ? search() : guarded(run, search);
