// Group M: what is believed of what Mitz says, or of what somebody says in its name?
import type { Group } from '../attack.ts';
import { mitzAnswers } from './mitzAnswers.ts';
import { mitzCertificates } from './mitzCertificates.ts';
import { mitzLimits } from './mitzLimits.ts';
import { mitzNotices } from './mitzNotices.ts';

export const mitz: Group = {
  id: 'M',
  title: 'Mitz: answers, notifications, certificates',
  cases: [...mitzAnswers, ...mitzLimits, ...mitzNotices, ...mitzCertificates],
};
