// Who acted, in the words of the audit record? The same words for every event, so that all that one person did is found by one name.
import type { AuditEntry, Practitioner, Requester } from '../model.ts';

type Vouched = Pick<Requester, 'practitioner' | 'mandatedBy' | 'purposeOfUse'>;
export type Actor = Pick<
  AuditEntry,
  'participantId' | 'clientId' | 'practitioner' | 'mandatedBy' | 'purposeOfUse'
>;

const named = ({ identifier, role }: Practitioner) => ({
  identifier: `${identifier.system}|${identifier.value}`,
  ...(role === undefined ? {} : { role }),
});

/** The organisation and system that were proven, with the professional and the purpose: those of the token unless the request named others. */
export function actorOf(
  { participant, clientId, ...token }: { participant: { id: string }; clientId: string } & Vouched,
  { practitioner, mandatedBy, purposeOfUse }: Vouched = token,
): Actor {
  return {
    participantId: participant.id,
    clientId,
    ...(practitioner && { practitioner: named(practitioner) }),
    ...(mandatedBy && { mandatedBy: named(mandatedBy) }),
    ...(purposeOfUse && { purposeOfUse }),
  };
}
