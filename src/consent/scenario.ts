// What is tried out? A file that says who asks what for which purpose, and what the sources would say.
import { z } from 'zod';
import { parseDate } from '../fhir/dates.ts';
import { vocabulariesOf } from './consentCodes.ts';
import { dataCategories } from './organisationTypes.ts';
import type { OwnConsent, Party } from './precedence.ts';
import type { ConsentSettings } from './settings.ts';
import type { Vocabulary } from './vocabulary.ts';

const someText = z.string().min(1);
const list = z.array(someText).min(1);
const decision = z.enum(['permit', 'deny', 'indeterminate']);
/** Category, or `*` for every other one. */
const decisions = z.record(z.string(), decision);

const organisation = z.strictObject({
  name: someText,
  type: someText,
  ura: someText.default('90000000'),
});

const partyWords = 'a URA of eight digits, an organisation type, a consulting category, or `any`';
const ownRecord = z.strictObject({
  decision: z.enum(['permit', 'deny']),
  holder: someText.default('any').describe(partyWords),
  requester: someText.default('any').describe(partyWords),
  categories: z.array(someText).default([]),
  purposes: z.array(someText).default([]),
  period: z.strictObject({ start: someText.exactOptional(), end: someText.exactOptional() }).exactOptional(),
});

const source = z.union([decisions, z.literal('unreachable'), z.literal('absent')]);

export const scenarioFile = z.strictObject({
  consent: z
    .unknown()
    .optional()
    .describe('The slice `consent` of a settings file; else that of --policy or --config.'),
  at: z.iso.datetime({ offset: true }).exactOptional(),
  exchanges: list.default(['wishes']),
  holders: z.array(organisation).min(1),
  requesters: z.array(organisation).min(1),
  roles: list,
  categories: list.default([...dataCategories.slice(0, 1)]),
  purposes: list.default(['TREAT']),
  given: z
    .strictObject({
      own: z.array(ownRecord).default([]),
      mitz: source.default('absent'),
      notified: source.default('absent'),
      notifiedAgeHours: z.number().min(0).default(0),
      breakGlass: z.int().min(0).max(2).default(0).describe('Stage of the open grant; 0: there is none.'),
    })
    .prefault({}),
});

export type Scenario = z.output<typeof scenarioFile>;
export type ScenarioOrganisation = z.output<typeof organisation>;

/** What is given and could never match, each with its place: it would count for nothing, without a word. */
export function scenarioFaults({ given }: Scenario, settings: ConsentSettings): string[] {
  const { party, category, purpose } = vocabulariesOf(settings);
  const unknown = (place: string, codes: readonly string[], { has }: Vocabulary): string[] =>
    codes.filter((code) => !has(code)).map((code) => `${place}: ${code} is no code that is known`);
  const isParty = (text: string): boolean => text === 'any' || ura.test(text) || party.has(text);
  const ofRecord = (one: z.output<typeof ownRecord>, index: number): string[] => {
    const at = (name: string) => `given.own.${index}.${name}`;
    const parties = (['holder', 'requester'] as const).filter((side) => !isParty(one[side]));
    const bounds = Object.entries(one.period ?? {}).filter(([, bound]) => parseDate(bound) === undefined);
    return [
      ...parties.map((side) => `${at(side)}: must be ${partyWords}`),
      ...unknown(at('categories'), one.categories, category),
      ...unknown(at('purposes'), one.purposes, purpose),
      ...bounds.map(([name]) => `${at(`period.${name}`)}: is no date`),
    ];
  };
  const ofSource = (name: 'mitz' | 'notified'): string[] => {
    const said = given[name];
    const codes = typeof said === 'string' ? [] : Object.keys(said).filter((code) => code !== '*');
    return codes.flatMap((code) => unknown(`given.${name}.${code}`, [code], category));
  };
  return [...given.own.flatMap(ofRecord), ...ofSource('mitz'), ...ofSource('notified')];
}

const ura = /^\d{8}$/;

/** The patient's records as the file gives them. */
export const recordsOf = ({ given }: Scenario): OwnConsent[] =>
  given.own.map((one, index) => ({
    id: `own[${index}]`,
    permits: one.decision === 'permit',
    status: 'active',
    holder: partyOf(one.holder),
    requester: partyOf(one.requester),
    categories: one.categories,
    purposes: one.purposes,
    ...(one.period ? { period: one.period } : {}),
  }));

function partyOf(text: string): Party {
  if (text === 'any') return { kind: 'any' };
  return ura.test(text) ? { kind: 'individual', uras: [text] } : { kind: 'category', codes: [text] };
}
