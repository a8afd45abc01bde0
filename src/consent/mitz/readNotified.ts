// What does the notified copy say of this question? Mitz's last word on one holder, as old as it is.
import { CannotAsk, uraOf } from '../../outgoing/soapMitz.ts';
import type { Store } from '../../store/store.ts';
import type { ConsentQuestion } from '../consent.ts';
import { partsOf } from '../organisationTypes.ts';
import type { CategoryDecision, NotifiedCopies, SourceAnswer } from '../source.ts';
import { type CopyLine, everyone, loadCopy, overrides, somebody } from './copy.ts';

export type NotifiedDeps = {
  store: Pick<Store, 'read' | 'open' | 'hash'>;
  /** The consulting category (RPZAC…) of an organisation type. */
  categoryOfType(type: string): string | undefined;
};

const decisions: Readonly<Record<CopyLine['decision'], CategoryDecision>> = {
  yes: 'permit',
  no: 'deny',
  unclear: 'indeterminate',
};

const latestOf = (lines: readonly CopyLine[]): CopyLine | undefined =>
  lines.reduce<CopyLine | undefined>((kept, one) => (overrides(one, kept) ? one : kept), undefined);

/** Of what was said of this consulting category and of all of them, the word that counts. Doubt takes back a yes, and no no. */
function lineFor(lines: readonly CopyLine[], category: string, consulting: string): CopyLine | undefined {
  const about = (...consulted: string[]) =>
    latestOf(lines.filter((one) => one.category === category && consulted.includes(one.consulting)));
  const word = about(consulting, everyone);
  const doubt = about(somebody);
  return doubt && word?.decision !== 'no' && overrides(doubt, word) ? doubt : word;
}

/** What is told of the category itself; else a no to what holds it. */
function wordOn(lines: readonly CopyLine[], category: string, consulting: string): CopyLine | undefined {
  const own = lineFor(lines, category, consulting);
  if (own) return own;
  const holding = Object.keys(partsOf).filter((whole) => partsOf[whole]?.includes(category));
  return holding.map((whole) => lineFor(lines, whole, consulting)).find((line) => line?.decision === 'no');
}

/** Without a subscription nobody tells of a change, and the copy says nothing. */
async function isSubscribed(
  { store }: NotifiedDeps,
  key: { patientHash: string; holderUra: string },
): Promise<boolean> {
  const row = await store.read
    .selectFrom('mitz_subscription')
    .select('state')
    .where('patient_hash', '=', key.patientHash)
    .where('holder_ura', '=', key.holderUra)
    .executeTakeFirst();
  return row !== undefined && row.state !== 'ending';
}

async function read(deps: NotifiedDeps, question: ConsentQuestion): Promise<SourceAnswer> {
  const consulting = deps.categoryOfType(question.requester.participant.facilityType ?? '');
  if (consulting === undefined) return { state: 'failed', reason: 'input-organisation-type' };
  const patientHash = deps.store.hash('bsn', question.patientBsn);
  const key = { patientHash, holderUra: uraOf(question.holder, 'input-holder') };
  const lines = (await isSubscribed(deps, key)) ? ((await loadCopy(deps.store, key))?.lines ?? []) : [];
  const found = question.categories.flatMap((category) => {
    const line = wordOn(lines, category, consulting);
    return line ? [{ ...line, category }] : [];
  });
  const oldest = found.map((one) => one.receivedAt).sort()[0];
  return {
    state: 'answered',
    decisions: new Map(found.map((one) => [one.category, decisions[one.decision]])),
    ...(oldest !== undefined && { asOf: new Date(oldest) }),
  };
}

/**
 * The copy as a consent source, while there is a subscription: exact categories only, whatever the purpose. A patient's
 * no is a no for presumed consent, too, and for the parts of what it is about. Categories that nobody told of are not in
 * the answer.
 */
export function createNotifiedCopies(deps: NotifiedDeps): NotifiedCopies {
  return async (question) => {
    try {
      return await read(deps, question);
    } catch (error) {
      return { state: 'failed', reason: error instanceof CannotAsk ? error.reason : 'copy-unreadable' };
    }
  };
}
