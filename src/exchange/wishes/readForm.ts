// What does a filled form record? As its answers say: each decision with the text that stands with it, at the day of the talk.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { type FormBase, guessed, readQuestion } from './formDecisions.ts';
import { answersOf, answersTo, type FormItem, itemsOf, wordsTo, yesOrNo } from './formItems.ts';
import { type FormLayout, formLayouts, layoutOf } from './formLayouts.ts';
import { readFormCapacity, readFormContacts } from './formPeople.ts';
import { type HolderView, identifiersIn, placeOf } from './holderView.ts';
import { goalOf } from './readGoal.ts';
import { type Finding, type Found, nothing } from './records.ts';
import { formStanding } from './standing.ts';
import { wordsOf } from './tree.ts';

function baseOf(form: FhirResource, view: HolderView, at: Date): Omit<FormBase, 'by'> {
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

function readGoals(items: readonly FormItem[], layout: FormLayout, base: FormBase): Found['goals'] {
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

/** The wishes in a QuestionnaireResponse to the uniform form; nothing for other forms. */
export function readForm(form: FhirResource, view: HolderView, at: Date): Found {
  const items = itemsOf(form);
  const layout = layoutOf(form, items);
  const base: FormBase = { ...baseOf(form, view, at), by: leaderOf(items, layout) };
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
    if (wanted === undefined) return [];
    const reading = readQuestion(question, wanted, base);
    if (known === undefined) findings.push(finding('question-unknown'));
    findings.push(...reading.remarks.map(finding));
    return reading.records;
  });
  if (layout === undefined && records.length === 0) return nothing();
  if (base.date === undefined) findings.push(finding('date-missing'));
  if (base.standing === 'unclear') findings.push(finding('status-unclear'));
  if (layout === undefined) return { ...nothing(), records, findings };
  const differs = answersTo(items, layout.earlierDiffer).some((one) => yesOrNo(one) === true);
  if (differs && base.standing === 'current') findings.push(finding('earlier-agreements-differ'));
  const people = base.standing === 'current' ? readFormContacts(items, layout, base) : [];
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
