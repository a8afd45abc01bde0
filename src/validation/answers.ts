// Is an answer of the type that the question asks, among its options, and within its bounds? http://hl7.org/fhir/R4/questionnaire.html
import { checkAttachment, checkPlaces, checkReference, checkText, checkUnit, say } from './answerForms.ts';
import { sameValue } from './fhirpath/operators.ts';
import { extensionValue, type Question } from './form.ts';
import { isTree, type Tree, textOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';
import { compareQuantities } from './ucum.ts';
import { compareBounds } from './values.ts';

const typesByQuestion: Readonly<Record<string, readonly string[]>> = {
  boolean: ['Boolean'],
  decimal: ['Decimal', 'Integer'],
  integer: ['Integer'],
  date: ['Date'],
  dateTime: ['DateTime', 'Date'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  url: ['Uri'],
  choice: ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  'open-choice': ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
};

/** The value of an answer and the name of its type in `valueX`. */
export function answerValue(answer: Tree): { value: unknown; type: string } | undefined {
  const key = Object.keys(answer).find((one) => /^value[A-Z]/.test(one));
  return key === undefined ? undefined : { value: answer[key], type: key.slice(5) };
}

/** Is the answer the option? Codings by system and code alone. */
export function sameAnswer(a: unknown, b: unknown): boolean {
  if (!isTree(a) || !isTree(b)) return sameValue(a, b);
  if ('code' in a || 'code' in b) return a.code === b.code && a.system === b.system;
  if ('reference' in a) return a.reference === b.reference;
  return sameValue(a, b);
}

function checkOptions(question: Question, value: unknown, run: Run): void {
  const { options, type } = question;
  if (options.length === 0 || (type === 'open-choice' && typeof value === 'string')) return;
  if (options.some((option) => sameAnswer(option, value) || isDisplayOf(option, value))) return;
  say(run, 'answer-option', [
    'The answer is not one of the options.',
    'Het antwoord is niet een van de opties.',
  ]);
}

const isDisplayOf = (option: unknown, value: unknown): boolean =>
  isTree(option) && typeof value === 'string' && option.display === value;

function checkValueSet(question: Question, value: unknown, run: Run): void {
  const { valueSet, ownSet } = question;
  if (valueSet === undefined) return;
  const coding = isTree(value) ? value : { code: value };
  const code = textOf(coding.code);
  if (code === undefined || (question.type === 'open-choice' && !isTree(value))) return;
  const system = textOf(coding.system);
  const asked = system === undefined ? { code } : { system, code };
  const { terminology, version } = run;
  const isMember =
    ownSet === undefined
      ? terminology.memberOf(version, valueSet, asked)
      : terminology.memberOfSet(version, ownSet, asked);
  if (isMember !== false) return;
  report(run, {
    code: 'code-invalid',
    rule: 'answer-valueset',
    text: texts.notInValueSet(question.linkId, code, { valueSet }),
  });
}

function bound(question: Question, value: unknown, name: 'min' | 'max'): unknown {
  const plain = extensionValue(question.item, `${name}Value`);
  return plain ?? (isTree(value) ? extensionValue(question.item, `${name}Quantity`) : undefined);
}

function checkBound(question: Question, asked: { value: unknown; which: 'min' | 'max' }, run: Run): void {
  const { value, which } = asked;
  const limit = bound(question, value, which);
  if (limit === undefined) return;
  const order = isTree(value) ? quantityOrder(value, limit) : compareBounds(value, limit);
  if (order === 'incomparable') {
    say(run, 'answer-unit', [
      'The quantity cannot be compared with its bound: a formal unit is missing.',
      'De hoeveelheid is niet met haar grens te vergelijken: een formele eenheid ontbreekt.',
    ]);
  } else if (order !== undefined && (which === 'min' ? order < 0 : order > 0)) {
    const text =
      which === 'min'
        ? texts.tooLow(question.linkId, limit, value)
        : texts.tooHigh(question.linkId, limit, value);
    report(run, { code: 'invariant', rule: `answer-${which}imum`, text });
  }
}

function quantityOrder(value: Tree, limit: unknown): number | 'incomparable' | undefined {
  const formal = isTree(limit) && limit.system !== undefined && value.system !== undefined;
  if (!formal) return 'incomparable';
  return compareQuantities(value, limit);
}

function checkTree(question: Question, value: Tree, run: Run): void {
  if (question.type === 'attachment') checkAttachment(question, value, run);
  if (question.type === 'reference') checkReference(question, value, run);
  if (question.type === 'quantity') checkUnit(question, value, run);
}

/** Checks one answer against its question, at the current place. */
export function checkAnswer(question: Question, answer: Tree, run: Run): void {
  const found = answerValue(answer);
  if (found === undefined) return;
  const { value, type } = found;
  const allowed = typesByQuestion[question.type];
  if (allowed !== undefined && !allowed.includes(type)) {
    report(run, { code: 'invariant', rule: 'answer-type', text: texts.type(question.linkId, type, allowed) });
    return;
  }
  checkOptions(question, value, run);
  checkValueSet(question, value, run);
  checkBound(question, { value, which: 'min' }, run);
  checkBound(question, { value, which: 'max' }, run);
  if (typeof value === 'string') checkText(question, value, run);
  if (isTree(value)) checkTree(question, value, run);
  else checkPlaces(question, value, run);
}
