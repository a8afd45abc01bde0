// Is this value one that a declared search allows? Letter by letter: what is not listed is refused, not interpreted.
import { parseDate } from '../../fhir/dates.ts';
import { bsnSystem, isBsn } from '../../fhir/identifiers.ts';
import type { ValueShape } from './searchShape.ts';

const patientReference = /^(?:Patient\/)?[A-Za-z0-9\-.]{1,64}$/;
const identifier = /^[^\s|,]{1,200}\|[^\s|,]{1,200}$/;
const wholeNumber = /^[1-9]\d{0,5}$/;

/** The codes of `system|code,code,system|code`, or undefined when one has another system or the first has none. */
export function codesOf(value: string, system: string): string[] | undefined {
  const codes: string[] = [];
  for (const [index, part] of value.split(',').entries()) {
    const bar = part.lastIndexOf('|');
    if (bar < 0 ? index === 0 : part.slice(0, bar) !== system) return undefined;
    codes.push(part.slice(bar + 1));
  }
  return codes;
}

/** The BSN of `http://fhir.nl/fhir/NamingSystem/bsn|[BSN]`, if it is one. */
export function bsnIn(value: string): string | undefined {
  const bsn = value.startsWith(`${bsnSystem}|`) ? value.slice(bsnSystem.length + 1) : undefined;
  return isBsn(bsn) ? bsn : undefined;
}

/** The prefix of a date parameter and its date; `eq` when there is none. */
export function dateIn(value: string): { prefix: string; date: string } {
  const prefix = /^[a-z]{2}/.exec(value)?.[0];
  return prefix === undefined ? { prefix: 'eq', date: value } : { prefix, date: value.slice(2) };
}

function allowsDate(value: string, prefixes: readonly string[]): boolean {
  const { prefix, date } = dateIn(value);
  return prefixes.includes(prefix) && parseDate(date) !== undefined;
}

function allowsCodes(value: string, { system, codes }: Extract<ValueShape, { kind: 'codes' }>): boolean {
  const given = codesOf(value, system);
  if (given === undefined || new Set(given).size !== given.length) return false;
  return given.every((code) => codes.includes(code));
}

/** Does this value fit? */
export function allows(shape: ValueShape, value: string): boolean {
  switch (shape.kind) {
    case 'patient':
      return patientReference.test(value);
    case 'bsn':
      return bsnIn(value) !== undefined;
    case 'codes':
      return allowsCodes(value, shape);
    case 'texts':
      return shape.texts.includes(value);
    case 'identifier':
      return identifier.test(value);
    case 'date':
      return allowsDate(value, shape.prefixes);
    case 'count':
      return wholeNumber.test(value) && Number(value) <= shape.most;
  }
}

/** How a text says it: `Patient/[id]`, `ge[date]` … */
export function printShape(shape: ValueShape): string {
  switch (shape.kind) {
    case 'patient':
      return 'Patient/[id]';
    case 'bsn':
      return `${bsnSystem}|[BSN]`;
    case 'codes':
      return `${shape.system}|${shape.codes.join(',')}`;
    case 'texts':
      return shape.texts.join(' or ');
    case 'identifier':
      return '[system]|[value]';
    case 'date':
      return `${shape.prefixes.join('/')}[date]`;
    case 'count':
      return `1..${shape.most}`;
  }
}
