// Who asked which holders about whom, and what came of it? One record for each holder and one for the answer, in one write.
import type { AuditEntry } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult, Retrieval } from '../retrieval.ts';
import type { AskedHolder } from './askHolder.ts';

type Asked = { retrieval: Retrieval; asked: readonly AskedHolder[]; missing: number };

/** Rejects with `unavailable` when the records cannot be made durable; then nothing may leave. */
export async function recordRetrieval(what: Asked, { store }: ExchangeDeps): Promise<void> {
  await store.write(async (unit) => {
    for (const one of what.asked) unit.audit(holderEntry(what.retrieval, one));
    unit.audit(answerEntry(what));
  });
}

function common({ exchange, asking }: Retrieval): Omit<AuditEntry, 'event' | 'outcome'> {
  const { requester, patientBsn, requestId } = asking;
  return {
    action: 'R',
    ...actorOf(requester, asking),
    patientBsn,
    exchange,
    requestId,
  };
}

const outcomes: Readonly<Record<HolderResult['state'], AuditEntry['outcome']>> = {
  answered: 'success',
  partial: 'success',
  denied: 'refused',
  unavailable: 'failed',
  failed: 'failed',
  timeout: 'failed',
};

function holderEntry(retrieval: Retrieval, { result, concealed }: AskedHolder): AuditEntry {
  const { participant, endpoint, state, reason, basis, decisionId } = result;
  return {
    ...common(retrieval),
    event: `${retrieval.exchange}.holderAsked`,
    outcome: outcomes[state],
    ...(reason === undefined ? {} : { reason }),
    ...(decisionId === undefined ? {} : { object: `ConsentDecision/${decisionId}` }),
    detail: {
      holder: participant.id,
      endpoint: endpoint.id,
      foundBy: result.foundBy.join(' '),
      state,
      resources: givenBy(result),
      withheld: result.withheld.length,
      ...(basis === undefined ? {} : { basis }),
      ...(result.consentAsOf === undefined ? {} : { consentAsOf: result.consentAsOf }),
      ...(decisionId === undefined ? {} : { decision: decisionId }),
      ...(concealed ? { concealed } : {}),
    },
  };
}

const givenBy = ({ resources, documents, digest }: HolderResult): number =>
  (digest?.count ?? resources.length) + documents.length;

function answerEntry({ retrieval, asked, missing }: Asked): AuditEntry {
  const given = asked.map(({ result }) => result);
  const count = (wanted: (one: HolderResult) => boolean): number => given.filter(wanted).length;
  return {
    ...common(retrieval),
    event: retrieval.event,
    // nobody was there to take it: what holders gave is on record, and that it went no further
    ...(retrieval.asking.gone?.aborted
      ? { outcome: 'failed' as const, reason: 'not-delivered' }
      : { outcome: 'success' as const }),
    detail: {
      holders: asked.length,
      answered: count(({ state }) => state === 'answered' || state === 'partial'),
      denied: count(({ state }) => state === 'denied'),
      missing,
      resources: given.reduce((sum, one) => sum + givenBy(one), 0),
      ...(retrieval.asking.breakGlass === undefined ? {} : { breakGlass: retrieval.asking.breakGlass }),
    },
  };
}
