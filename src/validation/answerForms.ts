// Has an answer the form that its question asks: length, pattern, decimals, media type, kind of reference, unit?
import { numberText } from '../fhir/decimals.ts';
import { resourceTypeOf } from '../fhir/definitions.ts';
import { referenceParts } from '../fhir/references.ts';
import { numberOf } from './fhirpath/items.ts';
import { extensionValue, extensionValues, type Question } from './form.ts';
import { isTree, type Tree, textOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';

export const say = (run: Run, rule: string, said: readonly [string, string]): void =>
  report(run, { code: 'invariant', rule, text: texts.said(said[0], said[1]) });

export function checkText(question: Question, value: string, run: Run): void {
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

export function checkPlaces(question: Question, value: unknown, run: Run): void {
  const most = numberOf(extensionValue(question.item, 'maxDecimalPlaces'));
  const written = numberText(value) ?? textOf(value) ?? '';
  const places = written.split('.')[1]?.length ?? 0;
  if (most === undefined || places <= most) return;
  say(run, 'answer-places', [
    `The answer has more than ${most} decimal places.`,
    `Het antwoord heeft meer dan ${most} decimalen.`,
  ]);
}

export function checkAttachment(question: Question, value: Tree, run: Run): void {
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

export function checkReference(question: Question, value: Tree, run: Run): void {
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

export function checkUnit(question: Question, value: Tree, run: Run): void {
  const units = extensionValues(question.item, 'unitOption');
  if (units.length === 0) return;
  const fits = units.some((unit) => isTree(unit) && unit.code === value.code && unit.system === value.system);
  if (fits) return;
  say(run, 'answer-unit', [
    'The unit is not one of those that the question allows.',
    'De eenheid is niet een van de toegestane.',
  ]);
}
