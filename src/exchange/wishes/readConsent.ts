// What does a Consent record: a treatment directive, a do-not-resuscitate statement, another advance directive, or none of our matter?
import type { FhirResource } from '../../model.ts';
import { categories, extensionUrls } from './codes.ts';
import { type Base, baseOf, codesAt, commentsOf, finder, joined, type Source } from './consentParts.ts';
import { readRepresentatives } from './contacts.ts';
import { readDecision } from './decision.ts';
import type { HolderView } from './holderView.ts';
import { readAdvance } from './readAdvance.ts';
import { type Found, nothing, type WishRecord } from './records.ts';
import { besideTreatment } from './resuscitationBeside.ts';
import { otherPrefix, type Treatment, treatmentsOf } from './treatment.ts';
import { extensionsOf, findTrees, type Tree, textsAt, treesAt, valueIn } from './tree.ts';

type Kind = 'treatment' | 'advance' | undefined;

function treatmentsIn(consent: Tree): Treatment[] {
  const stu3 = extensionsOf(consent, extensionUrls.treatment).map(valueIn);
  const concepts = stu3.length > 0 ? stu3 : treesAt(consent, 'provision', 'code');
  return concepts.flatMap((concept) => treatmentsOf(concept));
}

const isMain = ({ key }: Treatment): boolean => !key.startsWith(otherPrefix);

/** Only directives on a treatment have these. */
const decisionUrls: ReadonlySet<unknown> = new Set([
  extensionUrls.permitted,
  extensionUrls.specificationOther,
]);

/** Categories decide; vendors add `acd` to treatment directives, so it counts only where nothing says treatment. */
function kindOf(consent: Tree): Kind {
  const category = codesAt(consent, 'category');
  const isTreatment = [...category].some((code) => categories.treatment.has(code));
  if (isTreatment) return 'treatment';
  if (category.has(categories.advance)) return 'advance';
  const scope = codesAt(consent, 'scope');
  if (findTrees(consent, ({ url }) => decisionUrls.has(url)).length > 0) return 'treatment';
  const treatments = treatmentsIn(consent);
  const isMeant = treatments.some(isMain);
  // where no category says what else it may be, no limit is left out
  if (scope.has('treatment') && (isMeant || (category.size === 0 && treatments.length > 0)))
    return 'treatment';
  if (scope.has('adr') || categories.advanceHl7.some((code) => category.has(code))) return 'advance';
  const profiles = textsAt(consent, 'meta', 'profile').join(' ');
  if (/AdvanceDirective/.test(profiles)) return 'advance';
  return /TreatmentDirective/.test(profiles) || (isMeant && scope.size === 0) ? 'treatment' : undefined;
}

function readTreatment(source: Source, base: Base): Found {
  const { consent } = source;
  const finding = finder(source);
  const reading = readDecision(consent);
  const treatments = treatmentsIn(consent);
  const isDoubtful = ({ ambiguous, denies }: Treatment): boolean =>
    ambiguous || (denies === true && reading.decision !== 'do_not');
  const comments = reading.interpreted ? commentsOf(consent) : [];
  const texts = [...reading.texts, ...comments];
  const verbatim = joined(texts) || reading.answer;
  const remarks = [
    ...reading.remarks,
    ...(treatments.length === 0 ? ['treatment-missing'] : []),
    ...(treatments.length > 1 ? ['several-treatments'] : []),
    ...(treatments.some(isDoubtful) ? ['code-ambiguous'] : []),
  ];
  const named: Treatment[] =
    treatments.length > 0 ? treatments : [{ key: 'other:?', label: '?', ambiguous: true }];
  const records = named.map((treatment): WishRecord => {
    const { key, label, code } = treatment;
    const isRead = reading.interpreted && !isDoubtful(treatment);
    const isNo = !isRead && treatment.denies && reading.decision !== 'do_not';
    return {
      ...base,
      key,
      ...(code === undefined ? {} : { code }),
      method: 'resource',
      interpreted: isRead,
      ...(isNo ? { denies: true } : {}),
      decision: isRead ? reading.decision : 'unknown',
      verbatim: isRead ? verbatim : [label, reading.answer, ...texts].filter(Boolean).join(': '),
    };
  });
  const beside = besideTreatment(records, texts, { ...base, method: 'resource' });
  return { ...nothing(), records: [...records, ...beside], findings: remarks.map(finding) };
}

/** The wishes that a Consent of either FHIR version records; nothing for consents about other matters. */
export function readConsent(consent: FhirResource, view: HolderView, at: Date): Found {
  const kind = kindOf(consent);
  if (kind === undefined) return nothing();
  const source = { consent, view, at };
  const base = baseOf(source);
  const found = kind === 'treatment' ? readTreatment(source, base) : readAdvance(source, base);
  if (base.standing === 'current') found.contacts.push(...readRepresentatives(consent, view, at));
  if (base.standing === 'unclear') found.findings.push(finder(source)('status-unclear'));
  if (base.date === undefined) found.findings.push(finder(source)('date-missing'));
  return found;
}
