// How does a page get to a person? By a link that opens once, made in the write that records for whom.
import { actorOf } from '../../store/actor.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { Asking } from '../retrieval.ts';
import { exchangeOfLink, type LinkKind, mintLink } from './links.ts';

/** The absolute address of the page. Throws `unavailable` when it cannot be recorded. */
export async function pageLink(
  { kind, html }: { kind: LinkKind; html: string },
  { requester, patientBsn, requestId, ...asked }: Asking,
  { store, clock, baseUrl }: Pick<ExchangeDeps, 'store' | 'clock' | 'baseUrl'>,
): Promise<string> {
  return store.write(async (unit) => {
    const link = await mintLink(unit, { kind, html, requester, patientBsn, now: clock() });
    unit.audit({
      event: `${exchangeOfLink[kind]}.linkMade`,
      action: 'C',
      outcome: 'success',
      ...actorOf(requester, asked),
      patientBsn,
      exchange: exchangeOfLink[kind],
      object: `Link/${link.id}`,
      requestId,
    });
    return `${baseUrl}${link.path}`;
  });
}
