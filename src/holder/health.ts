// What does a reply show of the holder's health?
import { type Health, speaksOfIllness } from '../outgoing/breakers.ts';
import type { HolderReply } from './holder.ts';

/** Whom it knows says nothing yet: some answer that, and then hang. */
const gaveNothing = ({ resources, documents = [] }: HolderReply): boolean =>
  documents.length === 0 && resources.every((one) => one.resourceType === 'Patient');

/** Silence until a deadline counts from `silentMs` on; what a holder refuses or garbles, it did answer. */
export function healthOf(reply: HolderReply, tookMs: number, silentMs: number): Health {
  if (reply.state === 'timeout' && gaveNothing(reply)) {
    return reply.reason === 'deadline' && tookMs < silentMs ? 'unknown' : 'unwell';
  }
  return reply.state === 'failed' && speaksOfIllness(reply.reason ?? '') ? 'unwell' : 'well';
}
