// What has a patient recorded here? `sluis consent records`.
import { readFileSync } from 'node:fs';
import { type KeptConsent, listConsents } from '../../consent/ownRecords.ts';
import type { Party } from '../../consent/precedence.ts';
import { isBsn } from '../../fhir/identifiers.ts';
import { type AddCommand, examples, withConfig } from '../command.ts';
import { misused } from '../exit.ts';
import { aligned } from '../terminal.ts';
import { operatorOf, withStore } from '../withStore.ts';
import { recordLook } from './explain.ts';

export const addConsentRecords: AddCommand = (program, tools) => {
  withConfig(program.command('records'))
    .description('list the consents and objections of one patient that are kept here')
    .requiredOption(
      '--bsn-file <file>',
      'file with one BSN, or - for stdin: a BSN on the command line would be seen by others',
    )
    .option('--all', 'also those that were withdrawn or replaced')
    .addHelpText('after', examples('sluis consent records --config sluis.yaml --bsn-file - < bsn.txt'))
    .action((options: { config?: string; bsnFile: string; all?: boolean }) => {
      const patientBsn = bsnFrom(options.bsnFile);
      return withStore(options, tools, async ({ store }) => {
        await recordLook(store, { event: 'consent.listed', by: operatorOf(tools), patientBsn });
        const kept = await listConsents(store, patientBsn, { all: options.all === true });
        if (kept.length === 0) return tools.terminal.line('Nothing is recorded here.');
        for (const line of aligned([headings, ...kept.map(rowOf)])) tools.terminal.line(line);
      });
    });
};

const headings = [
  'RECORD',
  'SAYS',
  'HOLDER',
  'DATA USER',
  'CATEGORIES',
  'PURPOSES',
  'PERIOD',
  'BY',
  'REGISTERED (UTC)',
  'STATE',
];

function rowOf({ id, consent, registeredBy, registeredAt, endedAt }: KeptConsent): string[] {
  const { start = '', end = '' } = consent.period ?? {};
  return [
    id,
    consent.permits ? 'permit' : 'objection',
    wordsOf(consent.holder),
    wordsOf(consent.requester),
    consent.categories.join(' ') || 'all',
    consent.purposes.join(' ') || 'all',
    start || end ? `${start}..${end}` : '-',
    registeredBy,
    registeredAt.slice(0, 16).replace('T', ' '),
    endedAt ? `ended ${endedAt.slice(0, 16).replace('T', ' ')}` : consent.status,
  ];
}

function wordsOf(party: Party): string {
  if (party.kind === 'any') return 'any';
  return party.kind === 'individual' ? party.uras.join(' ') : party.codes.join(' ');
}

function bsnFrom(file: string): string {
  let text: string;
  try {
    text = readFileSync(file === '-' ? '/dev/stdin' : file, 'utf8').trim();
  } catch (error) {
    throw misused(`${file} cannot be read.`, error);
  }
  if (!isBsn(text)) throw misused('That is no BSN.');
  return text;
}
