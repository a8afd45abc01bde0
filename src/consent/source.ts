// How does a consent source answer? Own records, notified copies and Mitz all answer alike: one decision per category.
import type { ConsentQuestion } from './consent.ts';

export type ConsentSourceName = 'own' | 'notified' | 'mitz';

/** `indeterminate`: the source was reached and could not decide. A category that is not in the map: it says nothing of it. */
export type CategoryDecision = 'permit' | 'deny' | 'indeterminate';

/** `failed` with a stable code (`timeout`, `not-soap`, `wrong-echo` …): no answer of its own, whatever came in. */
export type SourceAnswer =
  | {
      state: 'answered';
      decisions: ReadonlyMap<string, CategoryDecision>;
      /** When the oldest copy that this rests on came in; absent: asked just now. */
      asOf?: Date;
      /** Which record or rule decided, for the privacy officer; ids only. */
      because?: string;
    }
  | { state: 'failed'; reason: string };

/** Never throws for what the other side does; ends when `question.signal` is aborted. */
export type ConsentSource = (question: ConsentQuestion) => Promise<SourceAnswer>;

/** Mitz's closed question. The acting professional is `practitioner`; the responsible one is `mandatedBy ?? practitioner`. */
export type ClosedQuestion = ConsentSource;

/** The copies that Mitz's notifications left here. Answers for the categories that it holds a copy of. */
export type NotifiedCopies = ConsentSource;
