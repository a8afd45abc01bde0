// Which codes does a value set hold? Its composition and expansion, compiled to one question. http://hl7.org/fhir/R4/valueset.html
import type { FhirVersion } from '../model.ts';
import type { Part, ValueSet } from './codes.ts';
import { type ConceptIndex, filterTest } from './concepts.ts';
import type { Registry } from './registry.ts';
import { syntaxSystem } from './syntaxSystems.ts';

/** Undefined: it cannot be decided here. */
export type Membership = boolean | undefined;
export type Member = (system: string | undefined, code: string) => Membership;

const either = (answers: Iterable<Membership>): Membership => {
  let undecided = false;
  for (const answer of answers) {
    if (answer === true) return true;
    if (answer === undefined) undecided = true;
  }
  return undecided ? undefined : false;
};

/** What the value sets of one FHIR version draw on. */
export type World = {
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

/** Who is in a value set: a question that is compiled once and asked for every code. */
export function compileValueSet(world: World, valueSet: ValueSet): Member {
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
