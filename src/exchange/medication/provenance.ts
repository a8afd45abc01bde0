// Where did these building blocks come from? One Provenance per holder: who gave them, when, and on what consent that rests.
import type { FhirResource, Participant } from '../../model.ts';
import type { HolderPart } from './placedBlocks.ts';

const whoOf = ({ name, identifiers }: Participant) => {
  const [identifier] = identifiers;
  return { type: 'Organization', ...(identifier ? { identifier: { ...identifier } } : {}), display: name };
};

const agentType = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code }],
});

/** The holder is the author; the gateway assembled. Documents that were mapped are named as the source. */
export function provenanceOf({ result, resources, documents }: HolderPart, now: Date): FhirResource {
  const { participant, endpoint, retrieved } = result;
  const native = resources.length > 0 ? resources : documents;
  const sources = resources.length > 0 ? documents : [];
  return {
    resourceType: 'Provenance',
    target: native.map(({ fullUrl }) => ({ reference: fullUrl })),
    occurredDateTime: retrieved ?? now.toISOString(),
    recorded: now.toISOString(),
    agent: [
      { type: agentType('author'), who: whoOf(participant) },
      { type: agentType('assembler'), who: { type: 'Device', display: 'Sluis' } },
    ],
    ...(sources.length === 0
      ? {}
      : { entity: sources.map(({ fullUrl }) => ({ role: 'source', what: { reference: fullUrl } })) }),
    activity: { text: `${endpoint.kind} ${endpoint.id}` },
  };
}
