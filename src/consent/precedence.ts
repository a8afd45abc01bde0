// Which of a patient's records decides? The specific beats the general; at equal specificity the objection wins.
// Rules: GF Consent, https://github.com/minvws/generiekefuncties-docs (consent, precedence).
import { isWithin } from '../fhir/dates.ts';
import { eightDigits } from '../fhir/identifiers.ts';
import type { Inputs, Organisation } from './inputs.ts';
import { partsOf } from './organisationTypes.ts';

/** Whom a record speaks of: anybody, a category of organisations, or organisations by URA. */
export type Party =
  | { kind: 'any' }
  | { kind: 'category'; codes: readonly string[] }
  | { kind: 'individual'; uras: readonly string[] };

export type OwnConsent = {
  id: string;
  /** False: an objection. */
  permits: boolean;
  /** Of FHIR Consent; only `active` counts. */
  status: string;
  holder: Party;
  requester: Party;
  /** Data categories; empty: all of them. */
  categories: readonly string[];
  /** Purposes of use; empty: all of them. */
  purposes: readonly string[];
  period?: { start?: string; end?: string };
};

export type Ruling = { decision: 'permit' | 'deny'; because: readonly string[] };

type Rank = readonly [holder: number, requester: number, category: number, purpose: number];

const ranks = { any: 0, category: 1, individual: 2 } as const;

const rankOf = (record: OwnConsent, { purpose }: Asked): Rank => [
  ranks[record.holder.kind],
  ranks[record.requester.kind],
  record.categories.length > 0 ? 1 : 0,
  record.purposes.includes(purpose) ? 1 : 0,
];

/** A category is written as an organisation type (`Z3`) or as a consulting category (`RPZAC001`). */
function means(party: Party, organisation: Organisation): boolean {
  if (party.kind === 'any') return true;
  if (party.kind === 'individual') {
    const named = new Set(party.uras.map(eightDigits));
    return [organisation.ura, ...(organisation.otherUras ?? [])].some((ura) => named.has(eightDigits(ura)));
  }
  return party.codes.includes(organisation.type) || party.codes.includes(organisation.category);
}

/** What an objection to a purpose is an objection to: care that is coordinated, or urgent, is treatment. */
const objectedWith: Readonly<Record<string, readonly string[]>> = {
  TREAT: ['TREAT', 'COC', 'ETREAT', 'BTG'],
  ETREAT: ['ETREAT', 'BTG'],
  BTG: ['ETREAT', 'BTG'],
};

/** `specific`: the purposes that make a record which names them more specific than one that names none. */
type Asked = { purpose: string; category: string; specific: readonly string[] };

function isFor({ permits, purposes }: OwnConsent, { purpose }: Asked): boolean {
  if (purposes.length === 0) return true;
  const meant = permits ? purposes : purposes.flatMap((one) => objectedWith[one] ?? one);
  return meant.includes(purpose);
}

function isOf({ permits, categories }: OwnConsent, { category }: Asked): boolean {
  if (categories.length === 0) return true;
  const meant = permits ? categories : categories.flatMap((one) => [one, ...(partsOf[one] ?? [])]);
  return meant.includes(category);
}

function speaksOf(record: OwnConsent, inputs: Inputs, at: Asked & { now: Date }): boolean {
  return (
    record.status === 'active' &&
    isWithin(record.period, at.now) &&
    isOf(record, at) &&
    isFor(record, at) &&
    means(record.holder, inputs.holder) &&
    means(record.requester, inputs.requester)
  );
}

/** More specific in one respect and in none less. Two records of which neither is count as equally specific. */
function beats(one: OwnConsent, other: OwnConsent, asked: Asked): boolean {
  const [a, b] = [rankOf(one, asked), rankOf(other, asked)];
  const isMore =
    a.slice(0, -1).some((rank, at) => rank > (b[at] ?? 0)) ||
    namesMore(one.purposes, other.purposes, asked) ||
    (one.categories.includes(asked.category) && impliesOnly(other.categories, asked.category));
  return isMore && a.every((rank, at) => rank >= (b[at] ?? 0));
}

/** A purpose that is named is more than one that is implied, and more than all of them where the region says so. */
const namesMore = (one: readonly string[], other: readonly string[], { purpose, specific }: Asked): boolean =>
  one.includes(purpose) &&
  (impliesOnly(other, purpose) || (other.length === 0 && specific.includes(purpose)));

/** An objection to something else, which is one to this too unless the patient says otherwise of it. */
const impliesOnly = (named: readonly string[], asked: string): boolean =>
  named.length > 0 && !named.includes(asked);

/** What the records say of one category; undefined when none speaks of it. */
export function ruleOn(
  records: readonly OwnConsent[],
  inputs: Inputs,
  at: { category: string; now: Date; specific: readonly string[] },
): Ruling | undefined {
  const asked = { ...at, purpose: inputs.purposeOfUse };
  const speaking = records.filter((record) => speaksOf(record, inputs, asked));
  const standing = speaking.filter((record) => !speaking.some((other) => beats(other, record, asked)));
  if (standing.length === 0) return undefined;
  const objections = standing.filter((record) => !record.permits);
  const deciding = objections.length > 0 ? objections : standing;
  return {
    decision: objections.length > 0 ? 'deny' : 'permit',
    because: deciding.map((record) => record.id).sort(),
  };
}
