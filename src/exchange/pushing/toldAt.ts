// At which endpoint is somebody told what became of a handover or a push? What cannot be told now waits there.
import { announcedAt } from '../../delivery/outbox.ts';
import type { Endpoint, Participant } from '../../model.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';

type Told = { participant: Participant; kind: Endpoint['kind']; now: Date };

/**
 * The id of the one in use, else of one that is suspended: delivery keeps what is written for it, and for a participant that
 * takes no part now. Undefined where there is neither.
 */
export function toldAt(
  { participant, kind, now }: Told,
  { directory }: Pick<ExchangeDeps, 'directory'>,
): string | undefined {
  const way = directory.endpointFor({ ...participant, active: true }, kind, now);
  return 'endpoint' in way ? way.endpoint.id : way.suspended?.id;
}

/** Where it was announced to the receiver, so that it hears the rest in order; else as `toldAt`. */
export async function toldFurtherAt(
  unit: Unit,
  { subject, receiver, now }: { subject: string; receiver: Participant; now: Date },
  deps: ExchangeDeps,
): Promise<string | undefined> {
  const announced = await announcedAt(unit, subject);
  return announced ?? toldAt({ participant: receiver, kind: 'notification', now }, deps);
}
