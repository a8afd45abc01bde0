// Which rules of consent can a region set? One policy, changed per exchange where it must be, and break-glass.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { breakGlassSettings } from './breakGlassSettings.ts';
import { dataCategories, organisationTypes, organisationTypesVersion } from './organisationTypes.ts';
import { consultingCategory, dataCategory, organisationType } from './settingCodes.ts';

/** Purposes that a policy may allow; an emergency goes through break-glass alone. */
const purpose = z.enum(['TREAT', 'COC']);
const seconds = z.int().min(0).max(3_600);

const policyShape = {
  needed: z.boolean().describe('Off: this exchange needs no consent (a permit of basis `notNeeded`).'),
  sources: z
    .array(z.enum(['own', 'notified', 'mitz']))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'names a source twice')
    .describe('Sources in order; each is asked for the categories that none before it decided.'),
  permitCacheSeconds: seconds.describe('How long a permit is remembered, in seconds; 0: never.'),
  refusalCacheSeconds: seconds.describe('How long a refusal is remembered, in seconds; 0: never.'),
  outage: z
    .enum(['closed', 'notifiedCopy'])
    .describe(
      'When Mitz does not answer: no permit, or the decision of a notified copy that is not too old.',
    ),
  copyMaxHours: z.int().min(1).max(8_760).describe('Oldest notified copy that may decide, in hours.'),
  concealRefusal: z
    .boolean()
    .describe('A holder that the patient refused is left out of the answer, as if it had nothing.'),
  presumedConsent: z
    .boolean()
    .describe(
      'Purpose `COC` is permitted unless the sources kept here hold an objection; Mitz is not asked.',
    ),
  purposes: z
    .array(purpose)
    .min(1)
    .describe('Purposes of use with which the sources may be asked. Others are refused by name.'),
  specificPurposes: z
    .array(z.enum(['TREAT', 'COC', 'ETREAT', 'BTG']))
    .describe(
      'Purposes for which an own record that names them is more specific than one that names none: a permit for an emergency then counts beside an objection to everything.',
    ),
};

const policyDefaults = {
  needed: true,
  sources: ['own', 'mitz'] as ('own' | 'notified' | 'mitz')[],
  permitCacheSeconds: 60,
  refusalCacheSeconds: 0,
  outage: 'closed' as const,
  copyMaxHours: 24,
  concealRefusal: false,
  presumedConsent: false,
  purposes: ['TREAT'] as ('TREAT' | 'COC')[],
  specificPurposes: ['ETREAT', 'BTG'] as ('TREAT' | 'COC' | 'ETREAT' | 'BTG')[],
};

const wholePolicy = z.strictObject({
  needed: policyShape.needed.default(policyDefaults.needed),
  sources: policyShape.sources.default(policyDefaults.sources),
  permitCacheSeconds: policyShape.permitCacheSeconds.default(policyDefaults.permitCacheSeconds),
  refusalCacheSeconds: policyShape.refusalCacheSeconds.default(policyDefaults.refusalCacheSeconds),
  outage: policyShape.outage.default(policyDefaults.outage),
  copyMaxHours: policyShape.copyMaxHours.default(policyDefaults.copyMaxHours),
  concealRefusal: policyShape.concealRefusal.default(policyDefaults.concealRefusal),
  presumedConsent: policyShape.presumedConsent.default(policyDefaults.presumedConsent),
  purposes: policyShape.purposes.default(policyDefaults.purposes),
  specificPurposes: policyShape.specificPurposes.default(policyDefaults.specificPurposes),
});

/** What one exchange changes: only what is written counts. */
const changedPolicy = z.strictObject(policyShape).partial();

/** The settings slice `consent`. */
export const consentSettings = z
  .strictObject({
    region: z
      .string()
      .min(1)
      .max(60)
      .default('region')
      .describe('Name of the region whose policy this is; recorded with each decision.'),
    policy: wholePolicy.prefault({}).describe('The policy of the region.'),
    exchanges: z
      .record(z.string(), changedPolicy)
      .default({})
      .describe('What is otherwise for an exchange, by its name.'),
    breakGlass: breakGlassSettings.prefault({}),
    organisationTypes: z
      .record(organisationType, consultingCategory)
      .default({})
      .describe('Organisation types added to or replacing those that Sluis knows, each with its category.'),
    dataCategories: z
      .array(dataCategory)
      .min(1)
      .default([...dataCategories])
      .describe('Data categories that may be asked for.'),
    permitSeconds: z
      .int()
      .min(1)
      .max(300)
      .default(30)
      .describe('How long after its decision a permit opens the holder, in seconds.'),
    cacheSize: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(10_000)
      .describe('How many decisions a gateway remembers.'),
    traceDays: z
      .int()
      .min(1)
      .max(36_500)
      .default(1_826)
      .describe('Days in which the path of a decision can be explained; the audit record stays.'),
  })
  .describe('Consent: whom is asked, and what an answer is worth.');

export type ConsentSettings = z.output<typeof consentSettings>;
export type ConsentPolicy = z.output<typeof wholePolicy>;

/** The policy of one exchange. */
export function policyFor(settings: ConsentSettings, exchange: string): ConsentPolicy {
  const changes = Object.hasOwn(settings.exchanges, exchange) ? settings.exchanges[exchange] : undefined;
  const written = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
  return { ...settings.policy, ...Object.fromEntries(written) };
}

/** Names the rules that a decision was taken under: it changes when any of them does. */
export function policyVersion(settings: ConsentSettings): string {
  const rules = JSON.stringify([settings, organisationTypesVersion, organisationTypes]);
  return createHash('sha256').update(rules).digest('base64url').slice(0, 12);
}

/** The consulting category of an organisation type; undefined for a type that nobody has described. */
export function categoryOfType(settings: ConsentSettings, type: string): string | undefined {
  if (Object.hasOwn(settings.organisationTypes, type)) return settings.organisationTypes[type];
  return Object.hasOwn(organisationTypes, type) ? organisationTypes[type] : undefined;
}
