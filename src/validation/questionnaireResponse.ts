// Does a filled form fit its form? http://hl7.org/fhir/R4/questionnaireresponse.html
import { checkAnswer } from './answers.ts';
import { isEnabled, type Level } from './enableWhen.ts';
import type { Item } from './fhirpath/items.ts';
import { type Form, formOf, type Question } from './form.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report, within } from './run.ts';
import { texts } from './texts.ts';

type Filling = { form: Form; finished: boolean; run: Run };

const say = (run: Run, rule: string, said: readonly [string, string]): void =>
  report(run, { rule, text: texts.said(said[0], said[1]) });

function formFor(response: Tree, run: Run): Form | undefined {
  const { questionnaire } = response;
  const canonical =
    textOf(questionnaire) ?? (isTree(questionnaire) ? textOf(questionnaire.reference) : undefined);
  if (canonical === undefined) return undefined;
  const found = canonical.startsWith('#')
    ? treesOf(response.contained).find((one) => one.id === canonical.slice(1))
    : (run.registry.questionnaire(run.version, canonical) ??
      run.registry.questionnaire(run.version, canonical.split('|')[0] ?? ''));
  if (found !== undefined) return formOf(found, run.version);
  const text = texts.said(
    'The form of this response is not known here, so it was not held against it.',
    'Het formulier van dit antwoord is hier niet bekend; het is er niet tegen getoetst.',
  );
  report(run, { severity: 'warning', code: 'not-found', rule: 'form-unknown', text, at: 'questionnaire' });
  return undefined;
}

function checkUnknown(filling: Filling, item: Tree): void {
  const known = filling.form.byLinkId.get(textOf(item.linkId) ?? '');
  if (known === undefined) {
    say(filling.run, 'linkid-unknown', [
      'The form has no question with this linkId.',
      'Het formulier heeft geen vraag met deze linkId.',
    ]);
  } else {
    say(filling.run, 'linkid-place', [
      'This item stands in the wrong place of the form.',
      'Dit onderdeel staat op de verkeerde plaats in het formulier.',
    ]);
  }
}

function checkOrder(questions: readonly Question[], items: readonly Tree[], run: Run): void {
  let last = -1;
  for (const item of items) {
    const at = questions.findIndex((one) => one.linkId === item.linkId);
    if (at < 0) continue;
    if (at < last) {
      say(run, 'form-order', [
        'The items are not in the order of the form.',
        'De onderdelen staan niet in de volgorde van het formulier.',
      ]);
      return;
    }
    last = at;
  }
}

function checkGroup(filling: Filling, question: Question, at: Level): void {
  const { item } = at;
  if (item.answer !== undefined)
    say(filling.run, 'form-answer', [
      'A group or display has no answer.',
      'Een groep of tekst heeft geen antwoord.',
    ]);
  checkItems(filling, question.children, { ...at, items: treesOf(item.item) });
}

const answered = (answers: readonly Tree[]): Tree[] =>
  answers.filter(
    (answer) =>
      Object.keys(answer).some((key) => /^_?value[A-Z]/.test(key)) || answer.extension !== undefined,
  );

function checkQuestion(filling: Filling, question: Question, at: Level): void {
  const { run } = filling;
  const answers = treesOf(at.item.answer);
  const count = answered(answers).length;
  if (count > 1 && !question.repeats) {
    say(run, 'form-repeats', ['This question takes one answer.', 'Deze vraag krijgt één antwoord.']);
  }
  if (at.item.item !== undefined) {
    say(run, 'form-nesting', [
      'Items below a question belong inside its answer.',
      'Onderdelen onder een vraag horen in haar antwoord.',
    ]);
  }
  answers.forEach((answer, i) => {
    within(run, `answer[${i}]`, () => {
      checkAnswer(question, answer, run);
      checkItems(filling, question.children, { ...at, items: treesOf(answer.item) });
    });
  });
}

const withoutAnswer = new Set(['group', 'display', 'question']);

function checkItem(filling: Filling, question: Question, at: Level): void {
  const { run } = filling;
  if (
    isEnabled(question, at) === false &&
    (treesOf(at.item.answer).length > 0 || question.type === 'group')
  ) {
    say(run, 'form-disabled', [
      'This item is answered, though its condition is not met.',
      'Dit onderdeel is ingevuld, hoewel niet aan de voorwaarde is voldaan.',
    ]);
  }
  if (withoutAnswer.has(question.type)) checkGroup(filling, question, at);
  else checkQuestion(filling, question, at);
}

function countOf(question: Question, items: readonly Tree[]): number {
  if (question.type === 'group') return items.length;
  return items.reduce((count, item) => count + answered(treesOf(item.answer)).length, 0);
}

function checkPresence(filling: Filling, question: Question, at: Level): void {
  const { run, finished } = filling;
  const items = at.items.filter((item) => item.linkId === question.linkId);
  if (items.length > 1 && !question.repeats) {
    say(run, 'form-repeats', [
      `Item ${question.linkId} may occur once.`,
      `Onderdeel ${question.linkId} mag één keer voorkomen.`,
    ]);
  }
  const enabled = isEnabled(question, at);
  const count = countOf(question, items);
  const needed = Math.max(question.required ? 1 : 0, question.least ?? 0);
  if (
    finished &&
    enabled === true &&
    question.type !== 'display' &&
    count < needed &&
    question.type !== 'group'
  ) {
    report(run, {
      code: 'required',
      rule: 'form-required',
      text: texts.missing(question.linkId, needed, count),
    });
  }
  if (finished && enabled === true && question.type === 'group' && question.required && count === 0) {
    report(run, { code: 'required', rule: 'form-required', text: texts.missing(question.linkId, 1, 0) });
  }
  if (question.most !== undefined && count > question.most) {
    report(run, { rule: 'form-maximum', text: texts.tooMany(question.linkId, question.most, count) });
  }
}

function checkItems(filling: Filling, questions: readonly Question[], at: Level): void {
  const { run } = filling;
  const inside: Level = { items: at.items, item: at.item, outer: at };
  checkOrder(questions, at.items, run);
  at.items.forEach((item, i) => {
    within(run, `item[${i}]`, () => {
      const question = questions.find((one) => one.linkId === item.linkId);
      if (question === undefined) checkUnknown(filling, item);
      else checkItem(filling, question, { items: at.items, item, outer: inside });
    });
  });
  for (const question of questions) checkPresence(filling, question, inside);
}

const finished = new Set(['completed', 'amended']);

/** Checks a QuestionnaireResponse against its Questionnaire, when that is known. */
export function checkResponse(resource: Item, run: Run): void {
  const response = resource.value;
  if (!isTree(response)) return;
  const form = formFor(response, run);
  if (form === undefined) return;
  const filling: Filling = { form, finished: finished.has(textOf(response.status) ?? ''), run };
  checkItems(filling, form.questions, { items: treesOf(response.item), item: response, outer: undefined });
}
