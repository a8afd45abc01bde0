// What does a filled form record? As its answers say: each decision with the text that stands with it, at the day of the talk.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { decisionSystem, mayBeSnomed, nullFlavorSystem, treatmentKeys } from './codes.ts';
import { decisionOf } from './decision.ts';
import { allBelow, answersOf, answersTo, type FormItem, itemsOf, textAnswers, wordsTo } from './formItems.ts';
import { type FormLayout, formLayouts, textItems } from './formLayouts.ts';
import { readFormCapacity, readFormContacts } from './formPeople.ts';
import { type HolderView, identifiersIn, placeOf } from './holderView.ts';
import { goalOf } from './readGoal.ts';
import { type Finding, type Found, nothing, type WishRecord } from './records.ts';
import { formStanding } from './standing.ts';
import { otherPrefix, treatmentOfText, treatmentsOf } from './treatment.ts';
import { type Coding, codingsOf, type Tree, textOf, textsAt, wordsOf } from './tree.ts';

const unnamed = 'Overige behandelgrenzen';

/** By its questionnaire where that names a known form, else by the questions that it answers. */
function layoutOf(form: Tree, items: readonly FormItem[]): FormLayout | undefined {
  const canonical = textOf(form.questionnaire) ?? textsAt(form, 'questionnaire', 'reference')[0] ?? '';
  const named = formLayouts.find((one) => canonical.includes(one.form));
  if (named) return named;
  const known = (layout: FormLayout): number =>
    items.filter(({ linkId }) => linkId in layout.decisions).length;
  return formLayouts
    .map((layout) => ({ layout, count: known(layout) }))
    .sort((a, b) => b.count - a.count)
    .find(({ count }) => count > 1)?.layout;
}

type Base = Omit<WishRecord, 'key' | 'decision' | 'interpreted' | 'verbatim'>;

const codingsIn = (item: Tree): Coding[] => answersOf(item).flatMap((answer) => codingsOf(answer));

const isDecisionCoding = (coding: Coding): boolean =>
  coding.system !== undefined &&
  (decisionSystem.test(coding.system) || nullFlavorSystem.test(coding.system)) &&
  decisionOf(coding) !== undefined;

/** The decision questions of a form that no table knows: those beside a question that names a treatment by code. */
function guessed({ item, beside }: FormItem): string | undefined {
  if (!codingsIn(item).some(isDecisionCoding)) return undefined;
  const codings = beside.filter((one) => one !== item).flatMap(codingsIn);
  return codings
    .filter(({ system }) => mayBeSnomed(system))
    .map(({ code }) => treatmentKeys.get(code))
    .find(Boolean);
}

/** The treatment of an "other" question: named beside it, else in its text; the form has no field of its own for it. */
function otherKey(question: FormItem, texts: readonly string[]): string | undefined {
  const answers = question.beside.filter((one) => one !== question.item).flatMap(answersOf);
  const named = answers.flatMap((answer) => {
    const text = textOf(answer);
    if (text !== undefined) return [treatmentOfText(text)];
    return codingsOf(answer).some(({ code }) => code === 'OTH') ? [] : treatmentsOf(answer);
  });
  const key = named[0]?.key ?? (texts[0] === undefined ? undefined : treatmentOfText(texts[0]).key);
  return key;
}

function readQuestion(question: FormItem, wanted: string, base: Base): WishRecord | undefined {
  const { item } = question;
  const codings = codingsIn(item);
  if (codings.length === 0) return undefined;
  const decisions = new Set(codings.map(decisionOf));
  const [decision] = decisions;
  const isRead = decisions.size === 1 && decision !== undefined && question.modifiers.length === 0;
  const texts = textsWith(question);
  const answer = answersOf(item)
    .map((one) => wordsOf(one) ?? codingsOf(one)[0]?.code)
    .filter(Boolean)
    .join(', ');
  const key = wanted === 'other' ? otherKey(question, texts) : wanted;
  if (key === undefined && decision === 'do_not' && isRead) return undefined;
  return {
    ...base,
    key: key ?? `${otherPrefix}${unnamed}`,
    decision: isRead ? decision : 'unknown',
    interpreted: isRead,
    verbatim: [...question.modifiers.map((one) => JSON.stringify(one)), ...texts].join(' | ') || answer,
  };
}

/** The texts in a question, and those of its own that stand beside it. */
function textsWith({ linkId, item, beside }: FormItem): string[] {
  const own = beside.filter((one) => textItems[linkId]?.includes(textOf(one.linkId) ?? ''));
  return [...new Set([...allBelow(item), ...own].flatMap(textAnswers))];
}

function baseOf(form: FhirResource, view: HolderView, at: Date): Omit<Base, 'by'> {
  const items = itemsOf(form);
  const layout = layoutOf(form, items);
  const dates = answersTo(items, layout?.date ?? formLayouts.flatMap((one) => one.date));
  const date = dates.map(readDate).find((one) => one !== undefined);
  return {
    method: 'form',
    date,
    standing: formStanding(form, date, at),
    holder: view.name,
    place: placeOf(form),
    identifiers: identifiersIn(form),
  };
}

function leaderOf(items: readonly FormItem[], layout: FormLayout | undefined): string | undefined {
  if (layout === undefined) return undefined;
  const name = wordsTo(items, layout.leader.name).join(' ');
  const role = wordsTo(items, layout.leader.role)[0];
  if (name === '') return role;
  return role === undefined ? name : `${name} (${role})`;
}

function readGoals(items: readonly FormItem[], layout: FormLayout, base: Base): Found['goals'] {
  const { date, standing, holder, method } = base;
  const asked = items.filter(({ linkId }) => layout.goal.includes(linkId));
  return asked.flatMap(({ item, modifiers }) =>
    answersOf(item).flatMap((answer) => {
      const found = goalOf(answer);
      if (found === undefined) return [];
      const goal = modifiers.length > 0 ? 'unknown' : found;
      return [{ goal, verbatim: wordsOf(answer) ?? found, date, standing, holder, method }];
    }),
  );
}

/** What the reader must know about an answer that is not, or not surely, understood. */
function faultIn({ modifiers }: FormItem, record: WishRecord | undefined, known: string | undefined) {
  if (record === undefined) return known === 'other' ? 'other-not-named' : undefined;
  if (record.interpreted) return undefined;
  return modifiers.length > 0 ? 'modifier-unknown' : 'decision-unreadable';
}

/** The wishes in a QuestionnaireResponse to the uniform form; nothing for other forms. */
export function readForm(form: FhirResource, view: HolderView, at: Date): Found {
  const items = itemsOf(form);
  const layout = layoutOf(form, items);
  const base: Base = { ...baseOf(form, view, at), by: leaderOf(items, layout) };
  const finding = (code: string): Finding => ({
    severity: 'warning',
    code,
    holder: view.name,
    place: base.place,
  });
  const findings: Finding[] = [];
  const records = items.flatMap((question) => {
    const known = layout?.decisions[question.linkId];
    const wanted = known ?? guessed(question);
    const record = wanted === undefined ? undefined : readQuestion(question, wanted, base);
    if (wanted !== undefined && known === undefined) findings.push(finding('question-unknown'));
    const code = faultIn(question, record, known);
    if (code !== undefined) findings.push(finding(code));
    return record === undefined ? [] : [record];
  });
  if (layout === undefined && records.length === 0) return nothing();
  if (base.date === undefined) findings.push(finding('date-missing'));
  if (base.standing === 'unclear') findings.push(finding('status-unclear'));
  if (layout === undefined) return { ...nothing(), records, findings };
  const people = base.standing === 'current' ? readFormContacts(items, layout, view.name) : [];
  const capacities = base.standing === 'current' ? readFormCapacity(items, layout, base) : [];
  return {
    ...nothing(),
    records,
    goals: readGoals(items, layout, base),
    contacts: people,
    capacities,
    findings,
  };
}
