// What is the agreed goal of treatment? A Goal of advance care planning, or one with the list's own codes.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { type GoalKey, goalCategory, goalCodes, mayBeSnomed, nullFlavorSystem } from './codes.ts';
import { type HolderView, placeOf } from './holderView.ts';
import { raw, strangersIn } from './modifiers.ts';
import { type Found, nothing } from './records.ts';
import { goalStanding } from './standing.ts';
import { type Coding, codingsOf, textsAt, treesAt, wordsOf } from './tree.ts';

/** The goal that a concept or coding stands for; undefined where it stands for none, or for two. */
export function goalOf(concept: unknown): GoalKey | undefined {
  const isOurs = ({ system }: Coding): boolean => mayBeSnomed(system) || nullFlavorSystem.test(system ?? '');
  const codes = codingsOf(concept).filter(isOurs);
  const goals = new Set(codes.map(({ code }) => goalCodes.get(code)).filter((goal) => goal !== undefined));
  return goals.size === 1 ? [...goals][0] : undefined;
}

/** The goal of treatment in a Goal resource of either version. `startDate` is the standard's; examples carry `statusDate`. */
export function readGoal(resource: FhirResource, view: HolderView, at: Date): Found {
  const categories = treesAt(resource, 'category').flatMap((one) => codingsOf(one).map(({ code }) => code));
  const [description] = treesAt(resource, 'description');
  const goal = goalOf(description);
  const isOurs = categories.includes(goalCategory) || (goal !== undefined && goal !== 'unknown');
  if (!isOurs || description === undefined) return nothing();
  const date = readDate(resource.startDate) ?? readDate(resource.statusDate);
  const strangers = strangersIn(resource);
  const said = wordsOf(description) ?? (goal === undefined ? raw(description) : undefined);
  const words = [...strangers.map(raw), said, ...textsAt(resource, 'note', 'text')];
  const record: Found['goals'][number] = {
    goal: goal ?? 'unknown',
    interpreted: true,
    verbatim: words.filter(Boolean).join(' | '),
    date,
    standing: goalStanding(resource, date, at),
    method: 'resource',
    holder: view.name,
  };
  const isOther = goal === undefined || strangers.length > 0;
  const findings: Found['findings'] = isOther
    ? [{ severity: 'warning', code: 'goal-unreadable', holder: view.name, place: placeOf(resource) }]
    : [];
  return {
    ...nothing(),
    goals: [isOther ? { ...record, goal: 'unknown', interpreted: false } : record],
    findings,
  };
}
