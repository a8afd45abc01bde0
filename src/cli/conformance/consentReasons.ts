// Has each cause of a refusal one code, and each code a cause? Every cause is put to the rules of consent/, and what they say is told.
import type { ConsentQuestion } from '../../consent/consent.ts';
import { readInputs } from '../../consent/inputs.ts';
import { judge } from '../../consent/judge.ts';
import { kindOf, type RefusalReason, reasons } from '../../consent/reasons.ts';
import { type ConsentSettings, consentSettings, policyFor } from '../../consent/settings.ts';
import type { CategoryDecision, ConsentSourceName, SourceAnswer } from '../../consent/source.ts';
import { askedBy, type Expectation, organisation, professional, sampleQuestion } from './consentCast.ts';
import { untaken } from './consentUntaken.ts';

type Sources = Partial<Record<ConsentSourceName, SourceAnswer>>;
type Cause = {
  cause: string;
  code: RefusalReason | 'permit';
  change?: Partial<ConsentQuestion>;
  settings?: Parameters<typeof consentSettings.parse>[0];
  sources?: Sources;
};

const says = (decision: CategoryDecision): SourceAnswer => ({
  state: 'answered',
  decisions: new Map([['GGC002', decision]]),
});
const silent: SourceAnswer = { state: 'answered', decisions: new Map() };
const fails = (reason: string): SourceAnswer => ({ state: 'failed', reason });
const mitz = (answer: SourceAnswer): Sources => ({ own: silent, mitz: answer });
const nameless = { ...organisation('00000666', 'Z3'), identifiers: [] };
const { facilityType: _, ...typeless } = organisation('00000666', 'Z3');
const emergency = { purposeOfUse: 'ETREAT' };
const breakGlass = { enabled: true, facilityTypes: ['Z3'], roles: ['01.015'] };

const failures = [
  'timeout',
  'breaker-open',
  'tls',
  'status-500',
  'status-302',
  'fault-receiver',
  'not-soap',
  'malformed',
  'wrong-action',
  'echo-missing',
  'echo-patient',
  'echo-holder',
  'category-missing',
  'category-twice',
  'two-decisions',
  'decision-unknown',
];

const causes: readonly Cause[] = [
  { cause: 'no BSN', code: 'patient-missing', change: { patientBsn: '' } },
  { cause: 'a BSN that fails its test', code: 'patient-missing', change: { patientBsn: '123456789' } },
  { cause: 'a holder without URA', code: 'holder-ura-missing', change: { holder: nameless } },
  { cause: 'a holder without organisation type', code: 'holder-type-missing', change: { holder: typeless } },
  {
    cause: 'a holder of an unknown type',
    code: 'holder-type-unknown',
    change: { holder: organisation('00000659', 'ZZ') },
  },
  {
    cause: 'a requester without URA',
    code: 'requester-ura-missing',
    change: { requester: askedBy(nameless) },
  },
  {
    cause: 'a requester without organisation type',
    code: 'requester-type-missing',
    change: { requester: askedBy(typeless) },
  },
  {
    cause: 'a requester of an unknown type',
    code: 'requester-type-unknown',
    change: { requester: askedBy(organisation('00000666', 'ZZ')) },
  },
  {
    cause: 'a professional without number',
    code: 'practitioner-missing',
    change: { practitioner: professional('') },
  },
  {
    cause: 'a professional without role',
    code: 'practitioner-role-missing',
    change: { practitioner: professional('1') },
  },
  {
    cause: 'a professional of an unknown role',
    code: 'practitioner-role-unknown',
    change: { practitioner: professional('1', 'arts') },
  },
  {
    cause: 'a mandate without role',
    code: 'mandate-role-missing',
    change: { mandatedBy: professional('2') },
  },
  {
    cause: 'a mandate of an unknown role',
    code: 'mandate-role-unknown',
    change: { mandatedBy: professional('2', 'arts') },
  },
  { cause: 'no data category', code: 'category-missing', change: { categories: [] } },
  { cause: 'a data category of no region', code: 'category-unknown', change: { categories: ['GGC999'] } },
  { cause: 'no purpose of use', code: 'purpose-missing', change: { purposeOfUse: '' } },
  { cause: 'a purpose that is no code', code: 'purpose-unknown', change: { purposeOfUse: 'CURIOSITY' } },
  {
    cause: 'a purpose that the policy does not allow',
    code: 'purpose-not-allowed',
    change: { purposeOfUse: 'COC' },
  },
  { cause: 'an emergency in a region without break-glass', code: 'break-glass-off', change: emergency },
  {
    cause: 'an emergency of somebody who may not',
    code: 'break-glass-not-allowed',
    change: emergency,
    settings: { breakGlass: { ...breakGlass, roles: ['01.071'] } },
  },
  {
    cause: 'an emergency without a grant',
    code: 'break-glass-grant-missing',
    change: emergency,
    settings: { breakGlass },
  },
  { cause: 'a grant without an emergency', code: 'break-glass-purpose', change: { breakGlass: 'grant' } },
  {
    cause: 'a policy whose sources are not set up',
    code: 'consent-source-missing',
    settings: { policy: { sources: ['mitz'] } },
  },
  { cause: 'Mitz says Deny', code: 'no-consent', sources: mitz(says('deny')) },
  {
    cause: 'an objection registered here',
    code: 'no-consent',
    sources: { own: says('deny'), mitz: says('permit') },
  },
  { cause: 'nobody says anything of it', code: 'no-consent', sources: mitz(silent) },
  { cause: 'Mitz says Indeterminate', code: 'consent-indeterminate', sources: mitz(says('indeterminate')) },
  ...untaken.map(({ reason, ...one }) => ({ ...one, sources: mitz(fails(reason)) })),
  ...failures.map(
    (reason): Cause => ({
      cause: `no answer of Mitz: ${reason}`,
      code: 'consent-unavailable',
      sources: mitz(fails(reason)),
    }),
  ),
  { cause: 'Mitz says Permit (no refusal, for comparison)', code: 'permit', sources: mitz(says('permit')) },
];

async function codeOf({ change, settings: written, sources = {} }: Cause): Promise<string> {
  const settings: ConsentSettings = consentSettings.parse(written ?? {});
  const question = { ...sampleQuestion, ...change };
  const read = readInputs(question, settings);
  if ('fault' in read) return read.fault;
  const { verdict } = await judge({
    settings,
    policy: policyFor(settings, question.exchange),
    inputs: read.inputs,
    now: new Date(),
    ask: async (name) => sources[name],
    grant: async () => undefined,
  });
  return verdict.kind === 'permit' ? 'permit' : verdict.reason;
}

export type ReasonRow = { code: string; kind: string; cause: string };

/** The table, and whether each cause has its code, each code a cause, and each code what it means. */
export async function reasonTable(): Promise<{ rows: ReasonRow[]; expectations: Expectation[] }> {
  const told = await Promise.all(causes.map(async (one) => ({ ...one, found: await codeOf(one) })));
  const rows = told.map(({ cause, found }) => {
    const kind = Object.hasOwn(reasons, found) ? kindOf(found as RefusalReason) : 'permit';
    return { code: found, kind, cause };
  });
  const unused = Object.keys(reasons).filter((code) => !told.some((one) => one.found === code));
  return {
    rows,
    expectations: [
      ...told.map(({ cause, code, found }) => ({ name: `${cause}: ${code}`, holds: code === found, found })),
      { name: 'every code has a cause', holds: unused.length === 0, found: unused.join(', ') },
    ],
  };
}
