// From whom to whom? The sender is the token, never the content; the receiver is one registered organisation with an endpoint.
import { identifiersOf, normaliseSystem, uraSystem } from '../../fhir/identifiers.ts';
import type { Endpoint, FhirResource, Identifier, Issue, Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import { keyOf } from '../../routing/organisations.ts';
import { finding } from './findings.ts';
import { type Handoff, inSection } from './handoff.ts';
import type { Entry } from './parcel.ts';
import { receivingOrganization, sendingOrganization } from './sections.ts';

export type Receiver = { participant: Participant; endpoint: Endpoint };
export type Addressed = { receiver: Receiver | undefined; issues: readonly Issue[] };

/** Looks up the receiver. Every cause that stands in the way is named, so that one answer is enough to mend them. */
export function findReceiver(handoff: Handoff, directory: Directory, at: Date): Addressed {
  const { identifiers, place, named } = receiverIdentifiers(handoff);
  if (!named) return { receiver: undefined, issues: [] };
  if (identifiers.length === 0) {
    return { receiver: undefined, issues: [finding('handover-receiver-no-identifier', [place])] };
  }
  const found = directory.byIdentifiers(identifiers);
  const issues: Issue[] = differing(handoff, directory, identifiers);
  issues.push(...otherOwner(handoff, directory, found));
  if (found.length === 0) issues.push(finding('handover-receiver-unknown', [place]));
  if (found.length > 1) issues.push(finding('handover-receiver-several', [place]));
  const usable = found.map((participant) => usableAt(participant, directory, { at, place }));
  for (const one of usable) issues.push(...one.issues);
  const receiver = found.length === 1 ? usable[0]?.receiver : undefined;
  return { receiver, issues };
}

function usableAt(
  participant: Participant,
  directory: Directory,
  when: { at: Date; place: string },
): Addressed {
  if (!participant.active) {
    return { receiver: undefined, issues: [finding('handover-receiver-inactive', [when.place])] };
  }
  const way = directory.endpointFor(participant, 'notification', when.at);
  if ('refusal' in way)
    return { receiver: undefined, issues: [{ ...way.refusal, expression: [when.place] }] };
  return { receiver: { participant, endpoint: way.endpoint }, issues: [] };
}

type Named = { identifiers: readonly Identifier[]; place: string; named: boolean };

/** Parameters first, then the section of the receiving organisation, then the owner of the sender's Task. */
function receiverIdentifiers(handoff: Handoff): Named {
  const { receiver } = handoff.given;
  if (receiver) {
    const target = receiver.reference ? handoff.resolve(receiver.reference, handoff.composition) : undefined;
    const identifiers = [...receiver.identifiers, ...identifiersOf(target?.resource)];
    return { identifiers, place: receiver.place, named: true };
  }
  const [organisation] = inSection(handoff, receivingOrganization, 'Organization');
  if (organisation) {
    return { identifiers: identifiersOf(organisation.resource), place: organisation.place, named: true };
  }
  return ownerOf(handoff);
}

function ownerOf(handoff: Handoff): Named {
  const owner = handoff.task?.resource.owner as { reference?: unknown; identifier?: unknown } | undefined;
  if (!handoff.task || !owner) return { identifiers: [], place: handoff.composition.place, named: false };
  const target =
    typeof owner.reference === 'string' ? handoff.resolve(owner.reference, handoff.task) : undefined;
  return {
    identifiers: [...identifiersOf(owner), ...identifiersOf(target?.resource)],
    place: `${handoff.task.place}.owner`,
    named: true,
  };
}

/** Says so when the sender's Task is for another organisation than the receiver. */
function otherOwner(handoff: Handoff, directory: Directory, receivers: readonly Participant[]): Issue[] {
  const { identifiers, place } = ownerOf(handoff);
  const owners = directory.byIdentifiers(identifiers);
  const isOther = owners.length > 0 && !owners.some((one) => receivers.includes(one));
  return isOther ? [finding('handover-receiver-owner', [place])] : [];
}

/** Says so when the content names another organisation than Parameters does. */
function differing(handoff: Handoff, directory: Directory, identifiers: readonly Identifier[]): Issue[] {
  if (!handoff.given.receiver) return [];
  const meant = directory.byIdentifiers(identifiers);
  return inSection(handoff, receivingOrganization, 'Organization')
    .filter(
      (entry) => !directory.byIdentifiers(identifiersOf(entry.resource)).some((one) => meant.includes(one)),
    )
    .map((entry) => finding('handover-receiver-given', [entry.place]));
}

/** Refuses content in another organisation's name; an organisation that nobody here knows is only remarked on. */
export function checkSender(handoff: Handoff, sender: Participant, directory: Directory): Issue[] {
  return senderOrganisations(handoff).flatMap((entry) => {
    const identifiers = identifiersOf(entry.resource);
    const known = identifiers
      .map((one) => directory.byIdentifiers([one]))
      .filter((found) => found.length > 0);
    if (
      hasOtherUra(identifiers, sender) ||
      known.some((found) => !found.some(({ id }) => id === sender.id))
    ) {
      return [finding('handover-sender-other', [entry.place])];
    }
    return known.length > 0 ? [] : [finding('handover-sender-unknown', [entry.place])];
  });
}

function hasOtherUra(identifiers: readonly Identifier[], sender: Participant): boolean {
  const own = sender.identifiers.filter((one) => normaliseSystem(one.system) === uraSystem);
  const told = identifiers.filter((one) => one.system === uraSystem);
  return own.length > 0 && told.some((one) => !own.some((known) => keyOf(known) === keyOf(one)));
}

/** The sending organisation, also as a part of Parameters, and organisations that sign as author or custodian. */
function senderOrganisations(handoff: Handoff): Entry[] {
  const { resource } = handoff.composition;
  const authors = Array.isArray(resource.author) ? resource.author : [];
  const signing = [...authors, resource.custodian].flatMap((one) => signingOrganisation(handoff, one));
  const given = (handoff.given.parts.get('sender') ?? []).filter(
    (one) => one.resource.resourceType === 'Organization',
  );
  return [...new Set([...inSection(handoff, sendingOrganization, 'Organization'), ...given, ...signing])];
}

/** An entry, a resource inside the Composition, or only a number in the reference itself. */
function signingOrganisation(handoff: Handoff, signer: unknown): Entry[] {
  const { composition, resolve } = handoff;
  const { reference, identifier } = (signer ?? {}) as { reference?: unknown; identifier?: unknown };
  const place = composition.place;
  const named = identifiersOf({ identifier }).filter((one) => one.system === uraSystem);
  const found: Entry[] =
    named.length > 0
      ? [{ resource: { resourceType: 'Organization', identifier: named }, fullUrl: undefined, place }]
      : [];
  if (typeof reference !== 'string') return found;
  const inside = containedIn(composition.resource).find((one) => reference === `#${one.id}`);
  const target = inside ? { resource: inside, fullUrl: undefined, place } : resolve(reference, composition);
  return target?.resource.resourceType === 'Organization' ? [...found, target] : found;
}

const containedIn = ({ contained }: FhirResource): FhirResource[] =>
  Array.isArray(contained) ? contained.filter((one) => typeof one?.resourceType === 'string') : [];
