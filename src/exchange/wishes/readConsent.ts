// What does a Consent record: a treatment directive, a do-not-resuscitate statement, another advance directive, or none of our matter?
import type { FhirResource } from '../../model.ts';
import { consentDate } from './clinicalDate.ts';
import { categories, doNotResuscitate, doNotResuscitateWords, extensionUrls, isLivingWill } from './codes.ts';
import { readRepresentatives } from './contacts.ts';
import { readDecision } from './decision.ts';
import { type HolderView, identifiersIn, personOf, placeOf } from './holderView.ts';
import { raw, strangersIn } from './modifiers.ts';
import { type Finding, type Found, nothing, type WishRecord } from './records.ts';
import { consentStanding } from './standing.ts';
import { otherPrefix, type Treatment, treatmentsOf } from './treatment.ts';
import {
  codingsOf,
  extensionsOf,
  findTrees,
  type Tree,
  textOf,
  textsAt,
  treesAt,
  valueIn,
  wordsOf,
} from './tree.ts';

type Kind = 'treatment' | 'advance' | undefined;

const codesAt = (consent: Tree, name: string): Set<string> =>
  new Set(codingsOf(consent[name]).map(({ code }) => code));

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

const commentsOf = (consent: Tree): string[] =>
  extensionsOf(consent, extensionUrls.comment, extensionUrls.extComment)
    .map((one) => textOf(valueIn(one)))
    .filter((text) => text !== undefined);

/** Who agreed: the parties, and in STU3 with whom it was verified. */
function partiesOf(consent: FhirResource, view: HolderView): string | undefined {
  const actors = treesAt(consent, 'provision', 'actor').flatMap((actor) => treesAt(actor, 'reference'));
  const parties = [...treesAt(consent, 'consentingParty'), ...actors];
  const verified = extensionsOf(consent, extensionUrls.verification)
    .flatMap((one) => extensionsOf(one, 'VerifiedWith'))
    .map((one) => wordsOf(valueIn(one)));
  const names = [...parties.map((party) => personOf(party, consent, view)), ...verified];
  const distinct = [...new Set(names.filter((name) => name !== undefined))];
  return distinct.length === 0 ? undefined : distinct.join(', ');
}

const joined = (texts: readonly string[]): string => [...new Set(texts)].join(' | ');

type Source = { consent: FhirResource; view: HolderView; at: Date };
type Base = Omit<WishRecord, 'key' | 'decision' | 'interpreted' | 'method' | 'verbatim'>;

function baseOf({ consent, view, at }: Source): Base {
  const date = consentDate(consent);
  return {
    date,
    standing: consentStanding(consent, date, at),
    holder: view.name,
    place: placeOf(consent),
    identifiers: identifiersIn(consent),
    by: partiesOf(consent, view),
  };
}

const finder =
  ({ consent, view }: Source) =>
  (code: string): Finding => ({ severity: 'warning', code, holder: view.name, place: placeOf(consent) });

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
    return {
      ...base,
      key,
      ...(code === undefined ? {} : { code }),
      method: 'resource',
      interpreted: isRead,
      decision: isRead ? reading.decision : 'unknown',
      verbatim: isRead ? verbatim : [label, reading.answer, ...texts].filter(Boolean).join(': '),
    };
  });
  return { ...nothing(), records, findings: remarks.map(finding) };
}

/** The living-will type: in `provision.code` (R4), a second category (STU3), or both extension and category. */
function typesOf(consent: Tree): { codes: Set<string>; words: string | undefined; texts: string[] } {
  const named = [
    ...treesAt(consent, 'provision', 'code'),
    ...extensionsOf(consent, extensionUrls.treatment).map(valueIn),
  ];
  const concepts = [...named, ...treesAt(consent, 'category')];
  const unsaid = named.flatMap(codingsOf).filter(({ system }) => system === undefined);
  const codings = [...concepts.flatMap(codingsOf).filter(({ system }) => isLivingWill(system)), ...unsaid];
  const other = treesAt(consent, 'category').at(-1);
  return {
    codes: new Set([...codings.map(({ code }) => code), ...codesAt(consent, 'category')]),
    words:
      codings.find(({ display }) => display)?.display ??
      codings[0]?.code ??
      [...named, other].map(wordsOf).find(Boolean),
    texts: [...textsAt(concepts, 'text'), ...textsAt(concepts, 'coding', 'display')],
  };
}

function readAdvance(source: Source, base: Base): Found {
  const { consent, view } = source;
  const finding = finder(source);
  const { codes, words, texts } = typesOf(consent);
  const comments = commentsOf(consent);
  const isNamed = [...comments, ...texts].some((text) => doNotResuscitateWords.test(text));
  const isCoded = [...codes].some((code) => doNotResuscitate.has(code));
  const strangers = strangersIn(consent);
  const strange = strangers.length > 0;
  const verbatim = joined([...strangers.map(raw), ...comments]) || (words ?? '');
  const unknown = strange ? ['modifier-unknown'] : [];
  if (!isCoded && !isNamed) {
    const { date, standing } = base;
    const statement = { type: words ?? '?', verbatim, date, standing, holder: view.name };
    return { ...nothing(), statements: [statement], findings: unknown.map(finding) };
  }
  const record: WishRecord = {
    ...base,
    key: 'cpr',
    method: 'statement',
    decision: strange ? 'unknown' : 'do_not',
    interpreted: !strange,
    verbatim,
  };
  const remarks = [...unknown, ...(isCoded ? [] : ['statement-by-text'])];
  return { ...nothing(), records: [record], findings: remarks.map(finding) };
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
