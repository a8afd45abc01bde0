// What does a filled form record? As its answers say: each decision with the text that stands with it, at the day of the talk.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { type FormBase, guessed, readQuestion, wordsIn } from './formDecisions.ts';
import { answersOf, answersTo, type FormItem, itemsOf, wordsTo, yesOrNo } from './formItems.ts';
import { isKnownForm, layout } from './formLayouts.ts';
import { readFormCapacity, readFormContacts } from './formPeople.ts';
import { type HolderView, identifiersIn, placeOf } from './holderView.ts';
import { raw } from './modifiers.ts';
import { goalOf } from './readGoal.ts';
import { type Finding, type Found, nothing } from './records.ts';
import { formStanding } from './standing.ts';

function baseOf(form: FhirResource, view: HolderView, at: Date): Omit<FormBase, 'by'> {
  const items = itemsOf(form);
  const date = answersTo(items, layout.date)
    .map(readDate)
    .find((one) => one !== undefined);
  return {
    method: 'form',
    date,
    standing: formStanding(form, date, at),
    holder: view.name,
    place: placeOf(form),
    identifiers: identifiersIn(form),
  };
}

function leaderOf(items: readonly FormItem[]): string | undefined {
  const name = wordsTo(items, layout.leader.name).join(' ');
  const role = wordsTo(items, layout.leader.role)[0];
  if (name === '') return role;
  return role === undefined ? name : `${name} (${role})`;
}

function readGoals(items: readonly FormItem[], base: FormBase): Found['goals'] {
  const { date, standing, holder, method } = base;
  const asked = items.filter(({ linkId }) => layout.goal.includes(linkId));
  return asked.flatMap(({ item, modifiers }) =>
    answersOf(item).map((answer) => {
      const found = goalOf(answer);
      const interpreted = found !== undefined && modifiers.length === 0;
      const verbatim = [...modifiers.map(raw), wordsIn(answer)].join(' | ');
      const said = { verbatim, date, standing, holder, method };
      return { goal: interpreted ? found : 'unknown', interpreted, ...said };
    }),
  );
}

/** The wishes in a QuestionnaireResponse to the uniform form; nothing for other forms. */
export function readForm(form: FhirResource, view: HolderView, at: Date): Found {
  const items = itemsOf(form);
  const isKnown = isKnownForm(form, items);
  const base: FormBase = { ...baseOf(form, view, at), by: isKnown ? leaderOf(items) : undefined };
  const finding = (code: string): Finding => ({
    severity: 'warning',
    code,
    holder: view.name,
    place: base.place,
  });
  const findings: Finding[] = [];
  const records = items.flatMap((question) => {
    const known = isKnown ? layout.decisions[question.linkId] : undefined;
    const wanted = known ?? guessed(question);
    if (wanted === undefined) return [];
    const reading = readQuestion(question, wanted, base);
    if (known === undefined) findings.push(finding('question-unknown'));
    findings.push(...reading.remarks.map(finding));
    return reading.records;
  });
  if (!isKnown && records.length === 0) return nothing();
  if (base.date === undefined) findings.push(finding('date-missing'));
  if (base.standing === 'unclear') findings.push(finding('status-unclear'));
  if (!isKnown) return { ...nothing(), records, findings };
  const differs = answersTo(items, layout.earlierDiffer).some((one) => yesOrNo(one) === true);
  if (differs && base.standing === 'current') findings.push(finding('earlier-agreements-differ'));
  const goals = readGoals(items, base);
  if (goals.some(({ interpreted }) => !interpreted)) findings.push(finding('goal-unreadable'));
  const people = base.standing === 'current' ? readFormContacts(items, base) : [];
  const capacities = base.standing === 'current' ? readFormCapacity(items, base) : [];
  return {
    ...nothing(),
    records,
    goals,
    contacts: people,
    capacities,
    findings,
  };
}
