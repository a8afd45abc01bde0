// Do the conditions of a form ask after questions that it has? http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
import { formOf, type Question } from './form.ts';
import { type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report, within } from './run.ts';
import { texts } from './texts.ts';

const unknown = texts.said(
  'This condition asks after a question that the form does not have.',
  'Deze voorwaarde vraagt naar een vraag die het formulier niet heeft.',
);

/** Checks `enableWhen.question` of every item. */
export function checkConditions(questionnaire: Tree, run: Run): void {
  const { questions, byLinkId } = formOf(questionnaire, run.version);
  const visit = (question: Question): void => {
    treesOf(question.item.enableWhen).forEach((condition, i) => {
      if (byLinkId.has(textOf(condition.question) ?? '')) return;
      report(run, { code: 'business-rule', rule: 'form-condition', text: unknown, at: `enableWhen[${i}]` });
    });
    visitAll(question.children);
  };
  const visitAll = (list: readonly Question[]): void =>
    list.forEach((question, i) => {
      within(run, `item[${i}]`, () => visit(question));
    });
  visitAll(questions);
}
