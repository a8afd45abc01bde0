// Which concepts of a local code system pass a filter? http://hl7.org/fhir/R4/valueset-filter-operator.html
import type { CodeSystem, Concept, Filter } from './codes.ts';

export type ConceptIndex = {
  complete: boolean;
  has(code: string): boolean;
  concept(code: string): Concept | undefined;
  isA(code: string, ancestor: string): boolean;
};

/** Indexes a code system by code and by ancestor. */
export function indexOf(system: CodeSystem): ConceptIndex {
  const key = (code: string): string => (system.ignoreCase === true ? code.toLowerCase() : code);
  const concepts = new Map(system.concepts.map((concept) => [key(concept.c), concept]));
  const isA = (code: string, ancestor: string, seen = new Set<string>()): boolean => {
    if (code === ancestor) return true;
    if (seen.has(code)) return false;
    seen.add(code);
    return (concepts.get(key(code))?.u ?? []).some((parent) => isA(parent, ancestor, seen));
  };
  return {
    complete: system.content === 'complete' && system.concepts.length > 0,
    has: (code) => concepts.has(key(code)),
    concept: (code) => concepts.get(key(code)),
    isA: (code, ancestor) => isA(code, ancestor),
  };
}

type Test = (code: string) => boolean | undefined;

function propertyTest(index: ConceptIndex, filter: Filter, test: (value: string) => boolean): Test {
  if (filter.property === 'code') return test;
  return (code) => {
    const concept = index.concept(code);
    if (filter.property === 'display') return test(concept?.d ?? '');
    const value = concept?.p?.[filter.property];
    return value === undefined ? test('') : test(String(value));
  };
}

function pattern(source: string): (value: string) => boolean {
  try {
    const compiled = new RegExp(`^(?:${source})$`);
    return (value) => compiled.test(value);
  } catch {
    return () => true;
  }
}

/** The test of one filter on the codes of an indexed system; undefined answers where the filter is not known. */
export function filterTest(index: ConceptIndex, filter: Filter): Test {
  const list = filter.value.split(',').map((one) => one.trim());
  switch (filter.op) {
    case 'is-a':
      return (code) => index.isA(code, filter.value);
    case 'descendent-of':
      return (code) => code !== filter.value && index.isA(code, filter.value);
    case 'is-not-a':
      return (code) => !index.isA(code, filter.value);
    case 'generalizes':
      return (code) => index.isA(filter.value, code);
    case '=':
      if (filter.property === 'concept' || filter.property === 'parent') {
        return (code) => index.concept(code)?.u?.includes(filter.value) === true;
      }
      return propertyTest(index, filter, (value) => value === filter.value);
    case 'in':
      return propertyTest(index, filter, (value) => list.includes(value));
    case 'not-in':
      return propertyTest(index, filter, (value) => !list.includes(value));
    case 'exists':
      return propertyTest(index, filter, (value) => (value !== '') === (filter.value === 'true'));
    case 'regex':
      return propertyTest(index, filter, pattern(filter.value));
    default:
      return () => undefined;
  }
}
