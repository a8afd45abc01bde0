// What did consent decide, why, and what would another policy decide? `sluis consent`.
import type { AddCommand } from './command.ts';
import { addConsentExplain } from './consent/explain.ts';
import { addConsentRecords } from './consent/records.ts';
import { addConsentReview } from './consent/review.ts';
import { addConsentSimulate } from './consent/simulate.ts';

export const addConsent: AddCommand = (program, tools) => {
  const consent = program
    .command('consent')
    .description('explain decisions, try policies, review break-glass, see what patients recorded');
  for (const add of [addConsentExplain, addConsentSimulate, addConsentReview, addConsentRecords]) {
    add(consent, tools);
  }
};
