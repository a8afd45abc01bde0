// What do all Consents on wishes have, whatever they are about? Who agreed, when, whether it counts now, and what is remarked.
import type { FhirResource } from '../../model.ts';
import { consentDate } from './clinicalDate.ts';
import { extensionUrls } from './codes.ts';
import { type HolderView, identifiersIn, personOf, placeOf } from './holderView.ts';
import type { Finding, WishRecord } from './records.ts';
import { consentStanding } from './standing.ts';
import { codingsOf, extensionsOf, type Tree, textOf, treesAt, valueIn, wordsOf } from './tree.ts';

export const codesAt = (consent: Tree, name: string): Set<string> =>
  new Set(codingsOf(consent[name]).map(({ code }) => code));

export const commentsOf = (consent: Tree): string[] =>
  extensionsOf(consent, extensionUrls.comment, extensionUrls.extComment)
    .map((one) => textOf(valueIn(one)))
    .filter((text) => text !== undefined);

/** Who agreed: the parties, and in STU3 with whom it was verified. */
function partiesOf(consent: FhirResource, view: HolderView): string | undefined {
  const actors = treesAt(consent, 'provision', 'actor').flatMap((actor) => treesAt(actor, 'reference'));
  const parties = [...treesAt(consent, 'consentingParty'), ...actors];
  const verified = extensionsOf(consent, extensionUrls.verification)
    .flatMap((one) => extensionsOf(one, 'VerifiedWith'))
    .map((one) => wordsOf(valueIn(one)));
  const names = [...parties.map((party) => personOf(party, consent, view)), ...verified];
  const distinct = [...new Set(names.filter((name) => name !== undefined))];
  return distinct.length === 0 ? undefined : distinct.join(', ');
}

export const joined = (texts: readonly string[]): string => [...new Set(texts)].join(' | ');

export type Source = { consent: FhirResource; view: HolderView; at: Date };
export type Base = Omit<WishRecord, 'key' | 'decision' | 'interpreted' | 'method' | 'verbatim'>;

export function baseOf({ consent, view, at }: Source): Base {
  const date = consentDate(consent);
  return {
    date,
    standing: consentStanding(consent, date, at),
    holder: view.name,
    place: placeOf(consent),
    identifiers: identifiersIn(consent),
    by: partiesOf(consent, view),
  };
}

export const finder =
  ({ consent, view }: Source) =>
  (code: string): Finding => ({ severity: 'warning', code, holder: view.name, place: placeOf(consent) });
