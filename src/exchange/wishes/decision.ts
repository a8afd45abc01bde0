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
import { raw, strangersIn } from './modifiers.ts';
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

const understood: ReadonlySet<unknown> = new Set([extensionUrls.permitted, extensionUrls.specificationOther]);

export const isUndecidedText = (text: string): boolean =>
  undecidedWords.has(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/[.!]+$/, '')
      .trim(),
  );

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

/** Does a coding of one of the decision lists stand in this answer? */
export const isDecision = (answer: unknown): boolean =>
  codingsOf(answer).some((coding) => coding.system !== undefined && decisionOf(coding) !== undefined);

/** One decision from the codings of one answer; undefined where they disagree or say nothing. */
export function decisionOfConcept(concept: unknown): Decision | undefined {
  const found = new Set(codingsOf(concept).map(decisionOf));
  found.delete(undefined);
  return found.size === 1 ? [...found][0] : undefined;
}

/** STU3's limits, wherever they stand: maps to R4 keep them beside what they made. */
const restrictionsIn = (consent: Tree): string[] =>
  findTrees(consent, (one) => one.url === extensionUrls.restrictions)
    .map((one) => textOf(valueIn(one)))
    .filter((text) => text !== undefined);

// A limit beside a plain yes is a limit all the same: nobody may read past it.
const limited = (texts: readonly string[], answer: string): Reading => ({
  decision: 'conditional',
  interpreted: true,
  texts,
  answer,
  remarks: ['limit-beside-yes'],
});

function readPermitted(consent: Tree, permitted: readonly Tree[]): Reading {
  const concept = permitted.map(valueIn);
  const texts = restrictionsIn(consent);
  const answer = concept.map((one) => wordsOf(one) ?? codingsOf(one)[0]?.code).find(Boolean) ?? '';
  const decision = decisionOfConcept(concept);
  if (decision === undefined) return notInterpreted(texts, answer || raw(concept), 'decision-unreadable');
  if (decision === 'do' && texts.length > 0) return limited(texts, answer);
  return { decision, interpreted: true, texts, answer, remarks: [] };
}

const byProvisionType: ReadonlyMap<string, Decision> = new Map([
  ['permit', 'do'],
  ['deny', 'do_not'],
]);

/**
 * The limit in free text, which overrules a type. "Onbekend" beside a yes leaves it undecided; beside a no it is a limit
 * all the same, so that no older yes wins. One without a text can be anything.
 */
function readSpecification(others: readonly Tree[], types: readonly string[]): Reading {
  const answer = types.join(', ');
  const texts = others.map((one) => textOf(valueIn(one))).filter((text) => text !== undefined);
  if (texts.length < others.length)
    return notInterpreted([answer, ...others.map(raw)].filter(Boolean), answer, 'decision-unreadable');
  const remarks = types.length > 0 ? ['text-beside-type'] : [];
  const isUndecided = texts.every(isUndecidedText);
  if (isUndecided && types.every((type) => type === 'permit'))
    return { decision: 'unknown', interpreted: true, texts, answer, remarks };
  const whole = isUndecided ? [answer, ...texts] : texts;
  return { decision: 'conditional', interpreted: true, texts: whole, answer, remarks };
}

function readProvision(consent: Tree, others: readonly Tree[]): Reading {
  const types = [...new Set(textsAt(consent, 'provision', 'type'))];
  const answer = types.join(', ');
  if (others.length > 0) return readSpecification(others, types);
  if (types.length === 0)
    return { decision: 'unknown', interpreted: true, texts: [], answer, remarks: ['no-decision'] };
  const decision = types.length === 1 ? byProvisionType.get(types[0] ?? '') : undefined;
  if (decision === undefined) return notInterpreted([], answer, 'decision-unreadable');
  const texts = decision === 'do' ? restrictionsIn(consent) : [];
  if (texts.length > 0) return limited(texts, answer);
  return { decision, interpreted: true, texts, answer, remarks: [] };
}

/** The decision of a treatment directive of either version. What may mean something else is given raw, not interpreted. */
export function readDecision(consent: Tree): Reading {
  const unknown = strangersIn(consent, understood);
  if (unknown.length > 0) return notInterpreted(unknown.map(raw), '', 'modifier-unknown');
  const modifiers = treesAt(consent, 'modifierExtension');
  // Sent as a plain extension, against the rules, it limits all the same.
  const misplaced = findTrees(consent, ({ url }) => understood.has(url)).filter(
    (one) => !modifiers.includes(one),
  );
  const isKept = isRemembered(consent, modifiers, misplaced);
  const told = isKept ? misplaced.filter(({ url }) => url !== extensionUrls.permitted) : misplaced;
  const reading = readParts(consent, [...modifiers, ...told]);
  if (told.length === 0) return reading;
  return { ...reading, remarks: [...reading.remarks, 'modifier-as-extension'] };
}

/** Is STU3's decision a remark beside R4's own that says the same, as maps keep it? Then it is no second decision. */
function isRemembered(consent: Tree, modifiers: readonly Tree[], misplaced: readonly Tree[]): boolean {
  const isPermitted = ({ url }: Tree): boolean => url === extensionUrls.permitted;
  if (!('provision' in consent) || modifiers.some(isPermitted)) return false;
  const said = decisionOfConcept(misplaced.filter(isPermitted).map(valueIn));
  const { decision, interpreted } = readParts(consent, [
    ...modifiers,
    ...misplaced.filter((one) => !isPermitted(one)),
  ]);
  return interpreted && (said === decision || (said === 'do' && decision === 'conditional'));
}

function readParts(consent: Tree, parts: readonly Tree[]): Reading {
  const permitted = parts.filter((one) => one.url === extensionUrls.permitted);
  const others = parts.filter((one) => one.url === extensionUrls.specificationOther);
  const isBoth = permitted.length > 0 && (others.length > 0 || 'provision' in consent);
  if (isBoth)
    return notInterpreted(
      parts.map((one) => raw(valueIn(one))),
      '',
      'two-versions',
    );
  return permitted.length > 0 ? readPermitted(consent, permitted) : readProvision(consent, others);
}
