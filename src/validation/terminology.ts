// Is this code in that value set? From local definitions alone; undecided where only a terminology server could tell.
import type { FhirVersion } from '../model.ts';
import type { CodeSystem, Part, ValueSet } from './codes.ts';
import { type ConceptIndex, filterTest, indexOf } from './concepts.ts';
import type { Registry } from './registry.ts';
import { syntaxSystem } from './syntaxSystems.ts';

/** Undefined: it cannot be decided here. */
export type Membership = boolean | undefined;
type Member = (system: string | undefined, code: string) => Membership;

/** Answers for what is not local, such as SNOMED CT subsumption; undefined when it cannot tell either. */
export type CodeOracle = (valueSet: string, system: string | undefined, code: string) => Membership;

export type Terminology = {
  /** Is the code in the value set? Without a system (as for `code` elements) any system of the set will do. */
  memberOf(version: FhirVersion, valueSet: string, coding: { system?: string; code: string }): Membership;
  /** Does the code exist in its system? Undefined when the system is not local or not complete. */
  exists(version: FhirVersion, system: string, code: string): Membership;
  codeSystem(version: FhirVersion, url: string): CodeSystem | undefined;
  /** The systems that a value set draws on, for naming the fix. */
  systemsOf(version: FhirVersion, valueSet: string): readonly string[];
};

const either = (answers: Iterable<Membership>): Membership => {
  let undecided = false;
  for (const answer of answers) {
    if (answer === true) return true;
    if (answer === undefined) undecided = true;
  }
  return undecided ? undefined : false;
};

type World = {
  registry: Registry;
  version: FhirVersion;
  set(canonical: string): Member | undefined;
  index(system: string): ConceptIndex | undefined;
};

function listMember(world: World, system: string, codes: readonly string[]): Member {
  const listed = new Set(codes);
  const ignoreCase = world.registry.codeSystem(world.version, system)?.ignoreCase === true;
  const folded = ignoreCase ? new Set(codes.map((code) => code.toLowerCase())) : undefined;
  return (given, code) => {
    if (given !== undefined && given !== system) return false;
    return listed.has(code) || folded?.has(code.toLowerCase()) === true;
  };
}

function wholeSystem(world: World, system: string): Member {
  const syntax = syntaxSystem(system);
  const index = world.index(system);
  return (given, code) => {
    if (given !== undefined && given !== system) return false;
    if (index?.has(code)) return true;
    if (index?.complete === true) return false;
    // All of a system that is not here: that the code is one of it, is all that can be asked.
    return syntax === undefined ? given !== undefined || undefined : syntax(code);
  };
}

function filtered(world: World, system: string, part: Part): Member {
  const index = world.index(system);
  if (index?.complete !== true) {
    const syntax = syntaxSystem(system);
    return (given, code) =>
      (given !== undefined && given !== system) || syntax?.(code) === false ? false : undefined;
  }
  const tests = (part.filters ?? []).map((filter) => filterTest(index, filter));
  return (given, code) => {
    if (given !== undefined && given !== system) return false;
    if (!index.has(code)) return false;
    let undecided = false;
    for (const test of tests) {
      const answer = test(code);
      if (answer === false) return false;
      if (answer === undefined) undecided = true;
    }
    return undecided ? undefined : true;
  };
}

function systemMember(world: World, system: string, part: Part): Member {
  if (part.codes !== undefined) return listMember(world, system, part.codes);
  return part.filters === undefined ? wholeSystem(world, system) : filtered(world, system, part);
}

function partMember(world: World, part: Part): Member {
  const members: Member[] = [];
  if (part.system !== undefined) members.push(systemMember(world, part.system, part));
  for (const url of part.valueSets ?? []) members.push(world.set(url) ?? (() => undefined));
  return (system, code) => {
    let undecided = false;
    for (const member of members) {
      const answer = member(system, code);
      if (answer === false) return false;
      if (answer === undefined) undecided = true;
    }
    return undecided ? undefined : true;
  };
}

function expanded(valueSet: ValueSet): Member {
  const codes = new Set(valueSet.expansion);
  const plain = new Set((valueSet.expansion ?? []).map((one) => one.slice(one.indexOf('|') + 1)));
  return (system, code) => (system === undefined ? plain.has(code) : codes.has(`${system}|${code}`));
}

function compile(world: World, valueSet: ValueSet): Member {
  if (valueSet.expansion !== undefined) {
    const member = expanded(valueSet);
    if (valueSet.include.length === 0) return member;
    const composed = composition(world, valueSet);
    return (system, code) => composed(system, code) ?? member(system, code);
  }
  return composition(world, valueSet);
}

function composition(world: World, valueSet: ValueSet): Member {
  const includes = valueSet.include.map((part) => partMember(world, part));
  const excludes = (valueSet.exclude ?? []).map((part) => partMember(world, part));
  if (includes.length === 0) return () => undefined;
  return (system, code) => {
    const inside = either(includes.map((member) => member(system, code)));
    if (inside === false) return false;
    const outside = either(excludes.map((member) => member(system, code)));
    if (outside === true) return false;
    return outside === undefined ? undefined : inside;
  };
}

const remembered = 5000;

/** Remembers answers: the same few codes are asked over and over. */
function remembering(member: Member): Member {
  const answers = new Map<string, Membership>();
  return (system, code) => {
    const key = `${system ?? ''}|${code}`;
    if (answers.has(key)) return answers.get(key);
    const answer = member(system, code);
    if (answers.size >= remembered) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}

function createWorld(registry: Registry, version: FhirVersion): World {
  const sets = new Map<string, Member | undefined>();
  const indexes = new Map<string, ConceptIndex | undefined>();
  const world: World = {
    registry,
    version,
    set(canonical) {
      if (!sets.has(canonical)) {
        // A value set that includes itself stays undecided.
        sets.set(canonical, () => undefined);
        const found =
          registry.valueSet(version, canonical) ?? registry.valueSet(version, canonical.split('|')[0] ?? '');
        sets.set(canonical, found === undefined ? undefined : remembering(compile(world, found)));
      }
      return sets.get(canonical);
    },
    index(system) {
      if (!indexes.has(system)) {
        const found = registry.codeSystem(version, system);
        indexes.set(system, found === undefined ? undefined : indexOf(found));
      }
      return indexes.get(system);
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
  const systems = new Map<string, readonly string[]>();
  const worlds = { stu3: createWorld(registry, 'stu3'), r4: createWorld(registry, 'r4') };
  return {
    memberOf(version, valueSet, { system, code }) {
      const local = worlds[version].set(valueSet)?.(system, code);
      return local ?? oracle?.(valueSet, system, code);
    },
    exists(version, system, code) {
      const index = worlds[version].index(system);
      if (index?.has(code) === true) return true;
      if (index?.complete === true || syntaxSystem(system)?.(code) === false) return false;
      return undefined;
    },
    codeSystem: (version, url) => registry.codeSystem(version, url),
    systemsOf(version, valueSet) {
      const key = `${version} ${valueSet}`;
      const known = systems.get(key) ?? systemsIn(registry, version, valueSet);
      systems.set(key, known);
      return known;
    },
  };
}
