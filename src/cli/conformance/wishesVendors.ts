// Do the samples that vendors' systems gave come on a card as they were meant? Each in its own shape.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildCard } from '../../exchange/wishes/card.ts';
import { readAnswers } from '../card/readAnswers.ts';
import { type Expectation, expectLine, type Wanted } from './wishesExpectation.ts';

const vendors: Readonly<Record<string, readonly [string, Wanted]>> = {
  'TreatmentDirective-CGM': ['ventilation', { decision: 'do_not', date: '2026-02-20' }],
  'TreatmentDirective-Chipsoft': [
    'ventilation',
    { decision: 'conditional', date: '2022-09-30', text: 'echtgenote' },
  ],
  'TreatmentDirective-Epic': [
    'ventilation',
    { decision: 'conditional', date: '2022-03-22', text: 'echtgenote' },
  ],
  'TreatmentDirective-Nexus': ['ventilation', { decision: 'do_not', date: '2023-05-05' }],
  'TreatmentDirective-Topicus': ['cpr', { decision: 'do', date: '2023-10-03' }],
  'AdvanceDirective-CGM': ['cpr', { decision: 'do_not', method: 'statement' }],
  'AdvanceDirective-Chipsoft': ['cpr', { decision: 'do_not', method: 'statement', text: 'penning' }],
  'AdvanceDirective-Epic': ['cpr', { decision: 'do_not', date: '2022-06-30' }],
  'AdvanceDirective-Nexus': ['cpr', { decision: 'do_not', text: 'penning' }],
  'AdvanceDirective2-Epic': ['cpr', { decision: 'do_not', date: '2021-10-12' }],
};

const later = new Date('2026-06-01T12:00:00+02:00');

export function expectVendors(folder: string): Expectation[] {
  return readdirSync(folder)
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => /^(Treatment|Advance)Directive/.test(name))
    .map((name) => {
      const { answers } = readAnswers([], [`${name}=${join(folder, `${name}.json`)}`]);
      const card = buildCard(answers, { at: later });
      return expectLine(name, card, vendors[name] ?? ['cpr', {}]);
    });
}
