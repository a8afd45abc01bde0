// Is an answer of the type that the question asks, among its options, and within its bounds? http://hl7.org/fhir/R4/questionnaire.html
import { resourceTypeOf } from '../fhir/definitions.ts';
import { referenceParts } from '../fhir/references.ts';
import { numberOf } from './fhirpath/items.ts';
import { sameValue } from './fhirpath/operators.ts';
import { extensionValue, extensionValues, type Question } from './form.ts';
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

const say = (run: Run, rule: string, said: readonly [string, string]): void =>
  report(run, { code: 'invariant', rule, text: texts.said(said[0], said[1]) });

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
  const { valueSet } = question;
  if (valueSet === undefined || valueSet.startsWith('#')) return;
  const coding = isTree(value) ? value : { code: value };
  const code = textOf(coding.code);
  if (code === undefined || (question.type === 'open-choice' && !isTree(value))) return;
  const system = textOf(coding.system);
  const asked = system === undefined ? { code } : { system, code };
  if (run.terminology.memberOf(run.version, valueSet, asked) !== false) return;
  report(run, {
    code: 'code-invalid',
    rule: 'answer-valueset',
    text: texts.notInValueSet(question.linkId, code, valueSet),
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

function checkText(question: Question, value: string, run: Run): void {
  const { item } = question;
  const least = numberOf(extensionValue(item, 'minLength'));
  const most = numberOf(item.maxLength);
  const source = textOf(extensionValue(item, 'regex'));
  if (least !== undefined && value.length < least) {
    say(run, 'answer-length', [
      `The answer is shorter than ${least} characters.`,
      `Het antwoord is korter dan ${least} tekens.`,
    ]);
  }
  if (most !== undefined && value.length > most) {
    say(run, 'answer-length', [
      `The answer is longer than ${most} characters.`,
      `Het antwoord is langer dan ${most} tekens.`,
    ]);
  }
  if (source !== undefined && fails(source, value)) {
    say(run, 'answer-regex', [
      'The answer does not have the form that the question asks.',
      'Het antwoord heeft niet de vorm die de vraag verlangt.',
    ]);
  }
}

const longest = 2000;

function fails(source: string, value: string): boolean {
  // A pattern from a form is not ours: long texts are not given to it.
  if (value.length > longest || source.length > longest) return false;
  try {
    return !new RegExp(`^(?:${source})$`, 's').test(value);
  } catch {
    return false;
  }
}

function checkPlaces(question: Question, value: unknown, run: Run): void {
  const most = numberOf(extensionValue(question.item, 'maxDecimalPlaces'));
  const written = isTree(value)
    ? ''
    : String(typeof value === 'object' && value !== null && 'rawJSON' in value ? value.rawJSON : value);
  const places = written.split('.')[1]?.length ?? 0;
  if (most === undefined || places <= most) return;
  say(run, 'answer-places', [
    `The answer has more than ${most} decimal places.`,
    `Het antwoord heeft meer dan ${most} decimalen.`,
  ]);
}

function checkAttachment(question: Question, value: Tree, run: Run): void {
  const allowed = extensionValues(question.item, 'mimeType');
  if (allowed.length > 0 && !allowed.includes(value.contentType)) {
    say(run, 'answer-media', [
      'The attachment is not of an allowed media type.',
      'De bijlage is niet van een toegestaan mediatype.',
    ]);
  }
  const most = numberOf(extensionValue(question.item, 'maxSize'));
  const size = numberOf(value.size) ?? Buffer.byteLength(textOf(value.data) ?? '', 'base64');
  if (most !== undefined && size > most) {
    say(run, 'answer-size', [
      `The attachment is larger than ${most} bytes.`,
      `De bijlage is groter dan ${most} bytes.`,
    ]);
  }
}

function checkReference(question: Question, value: Tree, run: Run): void {
  const type = textOf(value.type) ?? referenceParts(textOf(value.reference) ?? '')?.type;
  if (type === undefined) return;
  const allowed = extensionValues(question.item, 'referenceResource').map(String);
  if (resourceTypeOf(run.version, type) === undefined) {
    say(run, 'answer-reference', [
      'The reference is to a type that does not exist.',
      'De verwijzing is naar een type dat niet bestaat.',
    ]);
  } else if (allowed.length > 0 && !allowed.includes(type)) {
    report(run, {
      code: 'invariant',
      rule: 'answer-reference',
      text: texts.target(question.linkId, type, allowed),
    });
  }
}

function checkUnit(question: Question, value: Tree, run: Run): void {
  const units = extensionValues(question.item, 'unitOption');
  if (units.length === 0) return;
  const fits = units.some((unit) => isTree(unit) && unit.code === value.code && unit.system === value.system);
  if (fits) return;
  say(run, 'answer-unit', [
    'The unit is not one of those that the question allows.',
    'De eenheid is niet een van de toegestane.',
  ]);
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
