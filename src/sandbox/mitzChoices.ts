// What have the sandbox's patients chosen, per holder? The table that answers, locations and notifications are made from.
import { organisationTypes } from '../consent/organisationTypes.ts';
import type { Location, Said } from './mitzAnswers.ts';
import type { ClosedAsked } from './mitzRules.ts';

export const dataCategories = ['GGC002', 'GGC012', 'GGC013'] as const;
export const providerCategories = [
  'RPZAC001',
  'RPZAC003',
  'RPZAC004',
  'RPZAC005',
  'RPZAC103',
  'RPZAC104',
  'RPZAC200',
] as const;

export type Choice = {
  bsn: string;
  /** Eight digits. */
  holderUra: string;
  permit: boolean;
  /** All three when absent. */
  category?: string;
  /** RPZAC…; all of them when absent. */
  consulting?: string;
};

export type Choices = {
  set(choice: Choice): void;
  /** Undefined: the patient has chosen nothing. */
  find(key: { bsn: string; holderUra: string; category: string; consulting: string }): boolean | undefined;
  decide(asked: ClosedAsked): Said[];
  locate(asked: { bsn: string; consultingType: string }): Location[];
};

const keyOf = (bsn: string, holderUra: string, rest: readonly string[]) =>
  [bsn, holderUra, ...rest].join(' ');
const consultingOf = (type: string): string =>
  (Object.hasOwn(organisationTypes, type) ? organisationTypes[type] : undefined) ?? '';

/** The exchange and source system that the sandbox's holders stand behind. */
export const systems = {
  community: 'urn:oid:2.16.840.1.113883.2.4.3.239',
  source: 'urn:oid:2.16.840.1.113883.2.4.3.239.1.2.1',
};

export function createChoices(): Choices {
  const table = new Map<string, boolean>();
  const holders = new Map<string, Set<string>>();
  const find: Choices['find'] = ({ bsn, holderUra, category, consulting }) =>
    table.get(keyOf(bsn, holderUra, [category, consulting]));
  return {
    find,
    set({ bsn, holderUra, permit, category, consulting }) {
      holders.set(bsn, (holders.get(bsn) ?? new Set()).add(holderUra));
      for (const one of category === undefined ? dataCategories : [category])
        for (const other of consulting === undefined ? providerCategories : [consulting])
          table.set(keyOf(bsn, holderUra, [one, other]), permit);
    },
    decide: ({ bsn, holderUra, categories, consultingType, purpose }) =>
      categories.map((category): Said => {
        const chosen = find({ bsn, holderUra, category, consulting: consultingOf(consultingType) });
        // Without a choice only presumed consent may be taken for a yes.
        return { category, decision: (chosen ?? purpose === 'COC') ? 'Permit' : 'Deny' };
      }),
    locate: ({ bsn, consultingType }) =>
      [...(holders.get(bsn) ?? [])].flatMap((ura): Location[] => {
        const consulting = consultingOf(consultingType);
        const categories = dataCategories.filter(
          (category) => find({ bsn, holderUra: ura, category, consulting }) === true,
        );
        return categories.length === 0 ? [] : [{ ura, ...systems, categories }];
      }),
  };
}
