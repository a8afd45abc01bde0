// What does the caller of a one-time link see? The page once; after that, and for any other reason, the same quiet words.
import { GatewayError } from '../../errors.ts';
import type { Language } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { type LinkQuestion, openLink, peekLink } from './links.ts';
import { printGonePage } from './page.ts';

export type PageQuestion = LinkQuestion & { method: 'GET' | 'HEAD'; language: Language };
export type PageAnswer = { found: boolean; html: string };

/** `HEAD` shows nothing and uses nothing up; it says whether a `GET` would find something. */
export async function answerLink(
  question: PageQuestion,
  deps: Pick<ExchangeDeps, 'store' | 'clock'>,
): Promise<PageAnswer> {
  try {
    if (question.method === 'GET') return { found: true, html: await openLink(question, deps) };
    await peekLink(question, deps);
    return { found: true, html: '' };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'notFound') throw error;
    return { found: false, html: printGonePage(question.language) };
  }
}
