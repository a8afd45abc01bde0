// What does a form ask? Its items by linkId, with what an answer must keep to. http://hl7.org/fhir/R4/questionnaire.html
import type { FhirVersion } from '../model.ts';
import { condenseValueSet, type ValueSet } from './codes.ts';
import { numberOf } from './fhirpath/items.ts';
import { choiceOf, isTree, type Tree, textOf, treesOf } from './profile.ts';

export type Condition = { question: string; operator: string; answer: unknown };

export type Question = {
  linkId: string;
  type: string;
  required: boolean;
  repeats: boolean;
  least: number | undefined;
  most: number | undefined;
  conditions: readonly Condition[];
  allConditions: boolean;
  /** Enabled by an expression that is not evaluated here. */
  byExpression: boolean;
  options: readonly unknown[];
  valueSet: string | undefined;
  /** The value set of the answers when the form itself contains it. */
  ownSet: ValueSet | undefined;
  children: readonly Question[];
  item: Tree;
};

export type Form = { tree: Tree; questions: readonly Question[]; byLinkId: ReadonlyMap<string, Question> };

const base = 'http://hl7.org/fhir/StructureDefinition/';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** The values of the extensions of an item by the last part of their address. */
export function extensionValues(item: Tree, name: string): unknown[] {
  const urls = [`${base}${name}`, `${base}questionnaire-${name}`, `${sdc}${name}`];
  return treesOf(item.extension)
    .filter((one) => urls.includes(textOf(one.url) ?? ''))
    .map((one) => choiceOf(one, 'value'));
}

export const extensionValue = (item: Tree, name: string): unknown => extensionValues(item, name)[0];

function conditionsOf(item: Tree): Condition[] {
  return treesOf(item.enableWhen).map((one) => {
    const question = textOf(one.question) ?? '';
    // STU3: `hasAnswer`, or an answer that must be equal.
    if (typeof one.hasAnswer === 'boolean') return { question, operator: 'exists', answer: one.hasAnswer };
    return { question, operator: textOf(one.operator) ?? '=', answer: choiceOf(one, 'answer') };
  });
}

function valueSetOf(item: Tree): string | undefined {
  const { answerValueSet, options } = item;
  return textOf(answerValueSet) ?? (isTree(options) ? textOf(options.reference) : undefined);
}

type Holding = { contained: readonly Tree[]; version: FhirVersion };

function ownSetOf(valueSet: string | undefined, { contained, version }: Holding): ValueSet | undefined {
  if (valueSet?.startsWith('#') !== true) return undefined;
  const found = contained.find((one) => one.id === valueSet.slice(1));
  return found === undefined ? undefined : condenseValueSet({ url: valueSet, ...found }, version);
}

function questionOf(item: Tree, holding: Holding): Question {
  const valueSet = valueSetOf(item);
  const options = [...treesOf(item.answerOption), ...treesOf(item.option)].map((one) =>
    choiceOf(one, 'value'),
  );
  return {
    linkId: textOf(item.linkId) ?? '',
    type: textOf(item.type) ?? 'group',
    required: item.required === true,
    repeats: item.repeats === true,
    least: numberOf(extensionValue(item, 'minOccurs')),
    most: numberOf(extensionValue(item, 'maxOccurs')),
    conditions: conditionsOf(item),
    allConditions: item.enableBehavior === 'all',
    byExpression: extensionValue(item, 'enableWhenExpression') !== undefined,
    options,
    valueSet,
    ownSet: ownSetOf(valueSet, holding),
    children: treesOf(item.item).map((one) => questionOf(one, holding)),
    item,
  };
}

function index(questions: readonly Question[], into: Map<string, Question>): void {
  for (const question of questions) {
    into.set(question.linkId, question);
    index(question.children, into);
  }
}

const forms = new WeakMap<Tree, Form>();

/** Reads a Questionnaire once. */
export function formOf(questionnaire: Tree, version: FhirVersion): Form {
  let form = forms.get(questionnaire);
  if (form === undefined) {
    const holding = { contained: treesOf(questionnaire.contained), version };
    const questions = treesOf(questionnaire.item).map((item) => questionOf(item, holding));
    const byLinkId = new Map<string, Question>();
    index(questions, byLinkId);
    form = { tree: questionnaire, questions, byLinkId };
    forms.set(questionnaire, form);
  }
  return form;
}
