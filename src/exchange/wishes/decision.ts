// What does a Consent say about its treatment? R4: provision.type, overruled by free text. STU3: TreatmentPermitted, never except.type.
// https://api.iknl.nl/docs/pzp/r4/StructureDefinition/ACP-TreatmentDirective
import {
  decisionCodes,
  decisionSystem,
  extensionUrls,
  nullFlavorSystem,
  undecidedCodes,
  undecidedWords,
} from './codes.ts';
import type { Decision } from './records.ts';
import {
  type Coding,
  codingsOf,
  findTrees,
  type Tree,
  textOf,
  textsAt,
  treesAt,
  valueIn,
  wordsOf,
} from './tree.ts';

export type Reading = {
  decision: Decision;
  interpreted: boolean;
  /** The free text that limits or explains the decision itself. */
  texts: readonly string[];
  /** The answer as the source words it, for where there is no text. */
  answer: string;
  /** Codes of findings. */
  remarks: readonly string[];
};

const understood = new Set<unknown>([extensionUrls.permitted, extensionUrls.specificationOther]);

export const isUndecidedText = (text: string): boolean =>
  undecidedWords.has(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/[.!]+$/, '')
      .trim(),
  );

/** What may change the meaning of the whole and is not known here, as written. http://hl7.org/fhir/R4/extensibility.html#modifierExtension */
function strangers(consent: Tree): unknown[] {
  const modified = findTrees(consent, (one) => 'modifierExtension' in one);
  const extensions = modified.flatMap((one) => {
    const found = treesAt(one, 'modifierExtension');
    return one === consent ? found.filter((each) => !understood.has(each.url)) : found;
  });
  const nested = treesAt(consent, 'provision', 'provision');
  const rules = textOf(consent.implicitRules);
  return [...extensions, ...nested, ...(rules === undefined ? [] : [{ implicitRules: rules }])];
}

const raw = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
};

const notInterpreted = (texts: readonly string[], answer: string, remark: string): Reading => ({
  decision: 'unknown',
  interpreted: false,
  texts,
  answer,
  remarks: [remark],
});

/** The decision a coding of either list stands for; undefined when it is of neither. */
export function decisionOf({ system, code }: Coding): Decision | undefined {
  const ours = system === undefined || decisionSystem.test(system);
  if (undecidedCodes.has(code) && (ours || nullFlavorSystem.test(system ?? ''))) return 'unknown';
  return ours ? decisionCodes.get(code) : undefined;
}

/** One decision from the codings of one answer; undefined where they disagree or say nothing. */
export function decisionOfConcept(concept: unknown): Decision | undefined {
  const found = new Set(codingsOf(concept).map(decisionOf));
  found.delete(undefined);
  return found.size === 1 ? [...found][0] : undefined;
}

function readPermitted(consent: Tree, permitted: readonly Tree[]): Reading {
  const concept = permitted.map(valueIn);
  const texts = findTrees(consent, (one) => one.url === extensionUrls.restrictions)
    .map((one) => textOf(valueIn(one)))
    .filter((text) => text !== undefined);
  const answer = concept.map((one) => wordsOf(one) ?? codingsOf(one)[0]?.code).find(Boolean) ?? '';
  const decision = decisionOfConcept(concept);
  if (decision === undefined) return notInterpreted(texts, answer || raw(concept), 'decision-unreadable');
  // A limit beside a plain yes is a limit all the same: nobody may read past it.
  if (decision === 'do' && texts.length > 0)
    return { decision: 'conditional', interpreted: true, texts, answer, remarks: ['limit-beside-yes'] };
  return { decision, interpreted: true, texts, answer, remarks: [] };
}

const byProvisionType: ReadonlyMap<string, Decision> = new Map([
  ['permit', 'do'],
  ['deny', 'do_not'],
]);

function readProvision(consent: Tree): Reading {
  const others = treesAt(consent, 'modifierExtension').filter(
    (one) => one.url === extensionUrls.specificationOther,
  );
  const types = [...new Set(textsAt(consent, 'provision', 'type'))];
  const answer = types.join(', ');
  if (others.length > 0) {
    const texts = others.map((one) => textOf(valueIn(one))).filter((text) => text !== undefined);
    const decision = texts.every(isUndecidedText) ? 'unknown' : 'conditional';
    const remarks = types.length > 0 ? ['text-beside-type'] : [];
    return { decision, interpreted: true, texts, answer, remarks };
  }
  if (types.length === 0)
    return { decision: 'unknown', interpreted: true, texts: [], answer, remarks: ['no-decision'] };
  const decision = types.length === 1 ? byProvisionType.get(types[0] ?? '') : undefined;
  if (decision === undefined) return notInterpreted([], answer, 'decision-unreadable');
  return { decision, interpreted: true, texts: [], answer, remarks: [] };
}

/** The decision of a treatment directive of either version. What may mean something else is given raw, not interpreted. */
export function readDecision(consent: Tree): Reading {
  const unknown = strangers(consent);
  if (unknown.length > 0) return notInterpreted(unknown.map(raw), '', 'modifier-unknown');
  const modifiers = treesAt(consent, 'modifierExtension');
  const permitted = modifiers.filter((one) => one.url === extensionUrls.permitted);
  const isBoth = permitted.length > 0 && (modifiers.length > permitted.length || 'provision' in consent);
  if (isBoth)
    return notInterpreted(
      modifiers.map((one) => raw(valueIn(one))),
      '',
      'two-versions',
    );
  if (permitted.length > 0) return readPermitted(consent, permitted);
  return readProvision(consent);
}
