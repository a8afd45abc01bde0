// How does a crew get its card on a phone? As a page behind a link that opens once.
import type { Language } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { pageLink } from '../pages/pageLink.ts';
import type { Asking } from '../retrieval.ts';
import type { Card } from './cardShape.ts';
import { printCardPage } from './page.ts';

/** The absolute address of the page. */
export const cardLink = (
  card: Card,
  { asking, language }: { asking: Asking; language: Language },
  deps: ExchangeDeps,
): Promise<string> => pageLink({ kind: 'card', html: printCardPage(card, language) }, asking, deps);
