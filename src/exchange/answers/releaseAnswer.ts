// What of a holder's answer may leave? What was asked, of this patient, with a sound structure; the rest is kept back and told.
import { checkShape } from '../../fhir/shape.ts';
import type { HolderQuery, HolderReply } from '../../holder/holder.ts';
import type { FhirResource, FhirVersion, Issue } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderChecks, RetrievalSettings } from '../settings.ts';
import { type Asks, asksFor, placeOf, typesAlong } from './askedFor.ts';
import { isBearable } from './bearable.ts';
import { type Answer, type Belonging, readAnswer } from './belonging.ts';
import { mixedAmong } from './mixedPatients.ts';
import { withheldIssue } from './withheldTexts.ts';

export type HolderAnswer = {
  resources: readonly FhirResource[];
  shapes?: HolderReply['shapes'];
  version: FhirVersion;
  patientBsn: string;
  queries: readonly HolderQuery[];
  settings: RetrievalSettings;
  checkProfiles: ExchangeDeps['checkProfiles'];
  /** Nobody is told what profiles only find doubtful: then they are not asked. */
  findingsUnused?: boolean;
  /** After this moment nothing more is held against profiles, which is told. */
  hasTime(): boolean;
};

export type Released = {
  resources: FhirResource[];
  /** Something that was asked for, and may be this patient's, was kept back: the answer is not whole. */
  isPartial: boolean;
  withheld: Issue[];
  /** What is doubtful in what was let through. */
  findings: Issue[];
  /** The settings refuse the whole answer for what was found in it. */
  refused: boolean;
};

/** Nobody asks for these; a holder says with them how its search went. */
const unsaid: ReadonlySet<string> = new Set(['OperationOutcome', 'Bundle']);

/** Keeps back what may not leave. Neither ids nor content are in what it tells of that. */
export function releaseAnswer(asked: HolderAnswer): Released {
  const released: Released = {
    resources: [],
    isPartial: false,
    withheld: [],
    findings: [],
    refused: false,
  };
  const sound = asked.resources.filter(
    (resource) => !unsaid.has(resource.resourceType) && isSound(resource, asked, released),
  );
  const answer = readAnswer(sound, asked.patientBsn);
  const reached = reach(sound, answer, asked);
  const mixed = mixedAmong(sound, answer, asked.patientBsn);
  for (const resource of sound) {
    if (!reached.has(resource)) keepBack(resource, { read: { answer, mixed }, released }, asked);
    else if (fitsProfiles(resource, asked, released)) released.resources.push(resource);
  }
  if (released.refused) released.resources = [];
  released.isPartial ||= released.withheld.some(({ rule = '' }) => !elsewhere.has(rule));
  return released;
}

/** What is kept back for these is no part of the answer to this question. */
const elsewhere: ReadonlySet<string> = new Set(['other-patient', 'not-asked']);

/** Asked for this patient and found at another one, or at an id that two share: one of the two is wrong, and nobody here knows which. */
function keepBack(
  resource: FhirResource,
  { read, released }: { read: Read; released: Released },
  { queries }: HolderAnswer,
): void {
  const asks = asksFor({ resource, targets: read.answer.targetsOf(resource) }, queries);
  released.withheld.push(reasonAgainst(resource, read, asks));
  if (asks !== 'no' && read.answer.belongingOf(resource) === 'other') released.isPartial = true;
}

/** What was asked for and is of this patient, and all that it leads to and that may come along. */
function reach(
  resources: readonly FhirResource[],
  answer: Answer,
  { queries }: HolderAnswer,
): ReadonlySet<FhirResource> {
  const along = typesAlong(queries);
  const asks = (resource: FhirResource): boolean =>
    asksFor({ resource, targets: answer.targetsOf(resource) }, queries) === 'yes';
  const reached = new Set(
    resources.filter(
      (one) => answer.belongingOf(one) === 'own' && (asks(one) || always.has(one.resourceType)),
    ),
  );
  for (const resource of reached) {
    const isOwn = answer.belongingOf(resource) === 'own';
    const targets = answer.targetsOf(resource);
    const comesAlong = (next: FhirResource): boolean =>
      asks(next) || (targets.has(next) && along.has(next.resourceType));
    for (const next of answer.neighboursOf(resource))
      if (belongsBeside(answer.belongingOf(next), isOwn || targets.has(next)) && comesAlong(next))
        reached.add(next);
  }
  return reached;
}

/** What names nobody is of who it stands beside; but whoever works for several patients is pointed at by what is of any of them. */
const belongsBeside = (belonging: Belonging, isNear: boolean): boolean =>
  belonging === 'own' || (belonging === 'bare' && isNear);

/** Who it is, and whom to call: of this patient they come along, whether or not something leads to them. */
const always: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson']);

type Read = { answer: Answer; mixed: ReadonlySet<FhirResource> };

function reasonAgainst(resource: FhirResource, { answer, mixed }: Read, asks: Asks): Issue {
  const place = placeOf(resource);
  const belonging = answer.belongingOf(resource);
  if (belonging === 'other')
    return withheldIssue(
      mixed.has(resource) && asks !== 'no' ? 'other-patient-beside' : 'other-patient',
      place,
    );
  if (belonging === 'unproven') return withheldIssue('patient-unproven', place);
  if (asks === 'no') return withheldIssue('not-asked', place);
  return withheldIssue(belonging === 'own' ? 'asking-unproven' : 'patient-unproven', place);
}

const right: readonly Issue[] = [];

/** Looked at here unless it was when it came in. */
const shapeOf = (resource: FhirResource, { shapes, version }: HolderAnswer): readonly Issue[] =>
  shapes === undefined ? checkShape(resource, version) : (shapes.get(resource) ?? right);

/** Labels, must-understand rules and structure: looked at first, since the rest relies on them. */
function isSound(resource: FhirResource, asked: HolderAnswer, released: Released): boolean {
  const place = placeOf(resource);
  if (labelsOf(resource).some((label) => asked.settings.withheldLabels.includes(label))) {
    released.withheld.push(withheldIssue('security-label', place));
    return false;
  }
  if (resource.implicitRules !== undefined) {
    released.withheld.push(withheldIssue('implicit-rules', place));
    return false;
  }
  const { structureChecks } = asked.settings;
  if (structureChecks === 'off') return true;
  const issues = shapeOf(resource, asked).filter(isError);
  const isRead = issues.every(isBearable);
  return judge(issues, structureChecks === 'withhold' && isRead ? 'warn' : structureChecks, released);
}

function fitsProfiles(resource: FhirResource, asked: HolderAnswer, released: Released): boolean {
  const { profileChecks } = asked.settings;
  if (profileChecks === 'off' || (profileChecks === 'warn' && asked.findingsUnused)) return true;
  if (!asked.hasTime()) {
    released.findings.push(withheldIssue('profiles-not-checked', placeOf(resource)));
    return true;
  }
  const issues = asked.checkProfiles(resource, asked.version).filter(isError);
  return judge(issues, profileChecks, released);
}

/** Where it is told, as the settings say; gives whether the resource may leave. */
function judge(issues: readonly Issue[], checks: HolderChecks, released: Released): boolean {
  if (issues.length === 0) return true;
  if (checks === 'refuse') released.refused = true;
  if (checks === 'withhold' || checks === 'refuse') {
    released.withheld.push(...issues);
    return false;
  }
  released.findings.push(...issues.map((issue): Issue => ({ ...issue, severity: 'warning' })));
  return true;
}

const isError = ({ severity }: Issue): boolean => severity === 'error' || severity === 'fatal';

function labelsOf({ meta }: FhirResource): string[] {
  const { security } = (meta ?? {}) as { security?: unknown };
  if (!Array.isArray(security)) return [];
  return security.flatMap((label: unknown) => {
    const { code } = (label ?? {}) as { code?: unknown };
    return typeof code === 'string' ? [code] : [];
  });
}
