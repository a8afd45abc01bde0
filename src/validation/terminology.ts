// Is this code in that value set? From local definitions alone; undecided where only a terminology server could tell.
import type { FhirVersion } from '../model.ts';
import type { CodeSystem, ValueSet } from './codes.ts';
import { type ConceptIndex, indexOf } from './concepts.ts';
import type { Registry } from './registry.ts';
import { syntaxSystem } from './syntaxSystems.ts';
import { compileValueSet, type Member, type Membership, type World } from './valueSets.ts';

/** Answers for what is not local, such as SNOMED CT subsumption; undefined when it cannot tell either. */
export type CodeOracle = (valueSet: string, system: string | undefined, code: string) => Membership;

export type Terminology = {
  /** Is the code in the value set? Without a system (as for `code` elements) any system of the set will do. */
  memberOf(version: FhirVersion, valueSet: string, coding: { system?: string; code: string }): Membership;
  /** The same for a value set that has no address of its own, such as one that a form contains. */
  memberOfSet(
    version: FhirVersion,
    valueSet: ValueSet,
    coding: { system?: string; code: string },
  ): Membership;
  /** Does the code exist in its system? Undefined when the system is not local or not complete. */
  exists(version: FhirVersion, system: string, code: string): Membership;
  codeSystem(version: FhirVersion, url: string): CodeSystem | undefined;
  /** The systems that a value set draws on, for naming the fix. */
  systemsOf(version: FhirVersion, valueSet: string): readonly string[];
  /** All codes of a small value set, for naming the fix; none when it is large or cannot be listed. */
  codesOf(version: FhirVersion, valueSet: string): readonly string[];
};

const mostNamed = 12;

function codesIn(registry: Registry, version: FhirVersion, valueSet: string): readonly string[] {
  const found =
    registry.valueSet(version, valueSet) ?? registry.valueSet(version, valueSet.split('|')[0] ?? '');
  if (found === undefined || found.exclude !== undefined) return [];
  const codes: string[] = [];
  for (const { system, codes: stated, filters, valueSets } of found.include) {
    const whole = system === undefined ? undefined : registry.codeSystem(version, system);
    const all = stated ?? (whole?.content === 'complete' ? whole.concepts.map(({ c }) => c) : undefined);
    if (all === undefined || filters !== undefined || valueSets !== undefined) return [];
    codes.push(...all);
    if (codes.length > mostNamed) return [];
  }
  return codes;
}

const remembered = 5000;
const longestCode = 64;

/** Remembers answers by system and code: the same few are asked over and over. What is too long for a code is not kept. */
function remembering(member: Member): Member {
  const bySystem = new Map<string | undefined, Map<string, Membership | null>>();
  let count = 0;
  return (system, code) => {
    const known = bySystem.get(system)?.get(code);
    if (known !== undefined) return known ?? undefined;
    const answer = member(system, code);
    if (code.length > longestCode || (system?.length ?? 0) > 4 * longestCode) return answer;
    if (count++ >= remembered) {
      bySystem.clear();
      count = 0;
    }
    const answers = bySystem.get(system) ?? new Map<string, Membership | null>();
    answers.set(code, answer ?? null);
    bySystem.set(system, answers);
    return answer;
  };
}

function createWorld(registry: Registry, version: FhirVersion): World {
  const sets = new Map<string, Member | undefined>();
  const indexes = new Map<string, ConceptIndex>();
  const world: World = {
    registry,
    version,
    set(canonical) {
      const known = sets.get(canonical);
      if (known === undefined && !sets.has(canonical)) {
        // A value set that includes itself stays undecided.
        sets.set(canonical, () => undefined);
        const found =
          registry.valueSet(version, canonical) ?? registry.valueSet(version, canonical.split('|')[0] ?? '');
        sets.set(canonical, found === undefined ? undefined : remembering(compileValueSet(world, found)));
      }
      return known ?? sets.get(canonical);
    },
    index(system) {
      const known = indexes.get(system);
      const found = known === undefined ? registry.codeSystem(version, system) : undefined;
      if (found === undefined) return known;
      const index = indexOf(found);
      indexes.set(system, index);
      return index;
    },
  };
  return world;
}

const systemsIn = (registry: Registry, version: FhirVersion, valueSet: string): string[] => {
  const found =
    registry.valueSet(version, valueSet) ?? registry.valueSet(version, valueSet.split('|')[0] ?? '');
  return [...new Set((found?.include ?? []).flatMap((part) => part.system ?? []))];
};

/** The terminology of a registry; value sets are compiled at first use. */
export function createTerminology(registry: Registry, oracle?: CodeOracle): Terminology {
  const systems = { stu3: new Map<string, readonly string[]>(), r4: new Map<string, readonly string[]>() };
  const contained = new WeakMap<ValueSet, Member>();
  const worlds = { stu3: createWorld(registry, 'stu3'), r4: createWorld(registry, 'r4') };
  return {
    memberOf(version, valueSet, { system, code }) {
      const local = worlds[version].set(valueSet)?.(system, code);
      return local ?? oracle?.(valueSet, system, code);
    },
    memberOfSet(version, valueSet, { system, code }) {
      const member = contained.get(valueSet) ?? compileValueSet(worlds[version], valueSet);
      contained.set(valueSet, member);
      return member(system, code);
    },
    exists(version, system, code) {
      const index = worlds[version].index(system);
      if (index?.has(code) === true) return true;
      if (index?.complete === true || syntaxSystem(system)?.(code) === false) return false;
      return undefined;
    },
    codesOf: (version, valueSet) => codesIn(registry, version, valueSet),
    codeSystem: (version, url) => registry.codeSystem(version, url),
    systemsOf(version, valueSet) {
      const known = systems[version].get(valueSet) ?? systemsIn(registry, version, valueSet);
      systems[version].set(valueSet, known);
      return known;
    },
  };
}
