// How is the goal of treatment read in a terminal and in a Composition, with what stands against it?
import type { Language } from '../../model.ts';
import { inlineText } from '../pages/safeText.ts';
import type { Card } from './cardShape.ts';
import { cardWords, conflictWords, goalWord } from './cardWords.ts';
import type { PrintedLine } from './printCard.ts';

/** The goal that counts, then each other that stands or cannot be read, and how many did not fit. */
export function printGoal({ goal }: Card, language: Language): PrintedLine[] {
  if (goal === null) return [];
  const { conflict, history = [], omitted } = goal;
  const differ = conflict === 'none' ? '' : `  !! ${conflictWords[conflict][language]}`;
  const where = ({ date, holder }: { date: string | null; holder: string }): string =>
    `${date ?? cardWords.undated[language]}  ${inlineText(holder)}`;
  const quote = (text: string | undefined): string => (text ? `  “${inlineText(text)}”` : '');
  return [
    {
      text: `${cardWords.goal[language]}: ${goalWord(goal)[language]}  ${where(goal)}${differ}`,
      tone: 'plain',
    },
    ...(goal.verbatim === '' ? [] : [{ text: `    ${quote(goal.verbatim)}`, tone: 'plain' } as const]),
    ...history.map(
      (one): PrintedLine => ({
        text: `      ≠ ${goalWord(one)[language]}  ${where(one)}${quote(one.verbatim)}`,
        tone: 'quiet',
      }),
    ),
    ...(omitted === undefined
      ? []
      : [{ text: `      + ${omitted} ${cardWords.omitted[language]}`, tone: 'quiet' } as const]),
  ];
}
