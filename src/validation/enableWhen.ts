// Is a question to be answered, given the answers to others? http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
import { answerValue, sameAnswer } from './answers.ts';
import type { Condition, Question } from './form.ts';
import { type Tree, treesOf } from './profile.ts';
import { compareBounds } from './values.ts';

/** A place in a filled form: the item, those beside it, and the level around it. */
export type Level = { items: readonly Tree[]; item: Tree; outer: Level | undefined };

function collect(items: readonly Tree[], linkId: string, into: Tree[]): void {
  for (const item of items) {
    const answers = treesOf(item.answer);
    if (item.linkId === linkId) into.push(...answers);
    collect(treesOf(item.item), linkId, into);
    for (const answer of answers) collect(treesOf(answer.item), linkId, into);
  }
}

/** The answers to a question, nearest first: among the items beside, then those around. */
function answersTo(linkId: string, at: Level): unknown[] {
  for (let level: Level | undefined = at; level !== undefined; level = level.outer) {
    const found: Tree[] = [];
    collect(level.items, linkId, found);
    if (found.length > 0)
      return found.flatMap((answer) => answerValue(answer) ?? []).map(({ value }) => value);
  }
  return [];
}

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  '>': (o) => o > 0,
  '<': (o) => o < 0,
  '>=': (o) => o >= 0,
  '<=': (o) => o <= 0,
};

function isMet(condition: Condition, at: Level): boolean {
  const answers = answersTo(condition.question, at);
  const { operator, answer } = condition;
  if (operator === 'exists') return answers.length > 0 === (answer === true);
  if (operator === '!=') return !answers.some((one) => sameAnswer(one, answer));
  if (operator === '=') return answers.some((one) => sameAnswer(one, answer));
  const relation = relations[operator];
  return answers.some((one) => {
    const order = compareBounds(one, answer);
    return order !== undefined && relation?.(order) === true;
  });
}

/** Undefined when an expression decides it, which is not evaluated here. */
export function isEnabled(question: Question, at: Level): boolean | undefined {
  if (question.byExpression) return undefined;
  const { conditions } = question;
  if (conditions.length === 0) return true;
  return question.allConditions
    ? conditions.every((condition) => isMet(condition, at))
    : conditions.some((condition) => isMet(condition, at));
}
