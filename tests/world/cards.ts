// Which card do these resources of one holder make, on the day of the tests?
import { buildCard } from '../../src/exchange/wishes/card.ts';
import type { Card, CardLine } from '../../src/exchange/wishes/cardShape.ts';
import type { FhirResource } from '../../src/model.ts';
import { answer, today } from './wishes.ts';

export const cardOf = (...resources: readonly FhirResource[]): Card =>
  buildCard([answer('GP', ...resources)], { at: today });

/** The line of one treatment, resuscitation unless another is named. */
export const lineOf = (card: Card, key = 'cpr'): CardLine => card.lines.find((one) => one.key === key)!;
