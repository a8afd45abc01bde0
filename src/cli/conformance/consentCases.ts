// Which published samples of consent are tried? All of `mitz/` and `openquery/`, each with what must come of it.
import { join } from 'node:path';
import type { Expectation } from './consentCast.ts';
import { closedExpectations } from './consentClosed.ts';
import { noticeExpectations } from './consentNotices.ts';
import { openExpectations } from './consentOpen.ts';

export const consentExpectations = (corpus: string): Expectation[] => [
  ...closedExpectations(join(corpus, 'mitz')),
  ...openExpectations(join(corpus, 'openquery')),
  ...noticeExpectations(join(corpus, 'mitz')),
];
