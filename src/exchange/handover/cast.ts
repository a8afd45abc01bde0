// Who is who among loose resources? Patient, sender, receiver, practitioners and diagnoses, by part name first, then by what they say.
import { identifiersOf } from '../../fhir/identifiers.ts';
import type { Identifier, Issue, Participant } from '../../model.ts';
import { keyOf } from '../../routing/organisations.ts';
import type { Assembling } from './assemble.ts';
import { practitionerRoleExtension } from './codes.ts';
import { finding } from './findings.ts';
import type { Entry, Parcel } from './parcel.ts';
import { problemSections } from './problems.ts';
import { indexEntries, type Resolve } from './resolve.ts';
import { practitioners, receivingOrganization, sendingOrganization } from './sections.ts';

export type Cast = {
  patient: Entry | undefined;
  author: Entry | undefined;
  receiver: Entry | undefined;
  /** What stands in the sections that cannot be filled by profile alone. */
  placed: ReadonlyMap<string, readonly Entry[]>;
  /** Organisations that the content lacks, as the directory knows them. */
  made: readonly Entry[];
  issues: readonly Issue[];
};

type Scene = { parcel: Parcel; assembling: Assembling; resolve: Resolve };

export function castOf(parcel: Parcel, assembling: Assembling): Cast {
  const scene: Scene = { parcel, assembling, resolve: indexEntries(parcel.entries).resolve };
  const made: Entry[] = [];
  const sender = senderOrganisation(scene) ?? keep(made, organisation(assembling.sender, 'sender'));
  const receiver = receiverOrganisation(scene, made);
  const pair = sendingPair(scene, sender);
  const treating = treatingPractitioners(scene, pair.entries);
  const placed = new Map([
    [sendingOrganization, [sender, ...pair.entries]],
    [receivingOrganization, receiver ? [receiver] : []],
    [practitioners, treating],
    ...problemSections(part(scene, 'diagnosis', 'Condition'), ofType(scene, 'Condition')),
  ]);
  const author = pair.entries.find((one) => one.resource.resourceType === 'Practitioner') ?? sender;
  const patient = part(scene, 'patient', 'Patient')[0] ?? ofType(scene, 'Patient')[0];
  return { patient, author, receiver, placed, made, issues: pair.issues };
}

function keep(made: Entry[], entry: Entry): Entry {
  made.push(entry);
  return entry;
}

const ofType = (scene: Scene, type: string) =>
  scene.parcel.entries.filter((entry) => entry.resource.resourceType === type);

const part = (scene: Scene, name: string, type: string) =>
  (scene.parcel.given.parts.get(name) ?? []).filter((entry) => entry.resource.resourceType === type);

function organisation(participant: Participant, name: string): Entry {
  return {
    resource: {
      resourceType: 'Organization',
      id: `${name}-organisation`,
      identifier: participant.identifiers.map(({ system, value }) => ({ system, value })),
      name: participant.name,
    },
    fullUrl: `urn:directory:${name}`,
    place: `Organization.where(id='${name}-organisation')`,
  };
}

function senderOrganisation(scene: Scene): Entry | undefined {
  const { sender, directory } = scene.assembling;
  const given = part(scene, 'sender', 'Organization')[0];
  if (given) return given;
  return ofType(scene, 'Organization').find((entry) =>
    directory.byIdentifiers(identifiersOf(entry.resource)).includes(sender),
  );
}

function receiverOrganisation(scene: Scene, made: Entry[]): Entry | undefined {
  const { receiver } = scene.parcel.given;
  const direct = receiver?.reference ? followed(scene, receiver.reference) : taskOwner(scene);
  if (direct) return direct;
  const identifiers: readonly Identifier[] = receiver?.identifiers ?? taskOwnerIdentifiers(scene);
  if (identifiers.length === 0) return undefined;
  const present = ofType(scene, 'Organization').find((entry) =>
    identifiersOf(entry.resource).some((one) => identifiers.some((other) => same(one, other))),
  );
  if (present) return present;
  const [participant] = scene.assembling.directory.byIdentifiers(identifiers);
  return participant ? keep(made, organisation(participant, 'receiver')) : undefined;
}

const same = (one: Identifier, other: Identifier) => keyOf(one) === keyOf(other);

function followed(scene: Scene, reference: string, from = scene.parcel.entries[0]): Entry | undefined {
  return from ? scene.resolve(reference, from) : undefined;
}

type Reference = { reference?: unknown; identifier?: unknown; extension?: unknown };

function taskOwner(scene: Scene): Entry | undefined {
  const owner = scene.parcel.task?.resource.owner as Reference | undefined;
  return typeof owner?.reference === 'string'
    ? followed(scene, owner.reference, scene.parcel.task)
    : undefined;
}

function taskOwnerIdentifiers(scene: Scene): readonly Identifier[] {
  return identifiersOf(scene.parcel.task?.resource.owner as Reference | undefined);
}

/** The practitioner who sends, with the role: from parts, from the Task's requester, from the roles at the sender. */
function sendingPair(scene: Scene, sender: Entry): { entries: Entry[]; issues: Issue[] } {
  const given = (scene.parcel.given.parts.get('sender') ?? []).filter(
    (entry) => entry.resource.resourceType !== 'Organization',
  );
  if (given.length > 0) return { entries: withRole(scene, given), issues: [] };
  const asked = requesterOf(scene);
  if (asked.length > 0) return { entries: withRole(scene, asked), issues: [] };
  const roles = ofType(scene, 'PractitionerRole');
  const here = roles.find((role) => target(scene, role, 'organization') === sender);
  const guessed = here ?? roles.find((role) => target(scene, role, 'practitioner'));
  if (!guessed) return { entries: [], issues: [] };
  const issues = here ? [] : [finding('handover-sender-derived', [guessed.place])];
  return { entries: withRole(scene, [guessed]), issues };
}

function requesterOf(scene: Scene): Entry[] {
  const task = scene.parcel.task;
  const agent = (task?.resource.requester as { agent?: Reference } | undefined)?.agent;
  if (!task || !agent) return [];
  const extensions = Array.isArray(agent.extension) ? agent.extension : [];
  const role = extensions.find((one: { url?: unknown }) => one?.url === practitionerRoleExtension);
  const references = [agent.reference, role?.valueReference?.reference];
  return references
    .flatMap((one) => (typeof one === 'string' ? [scene.resolve(one, task)] : []))
    .filter((one) => one !== undefined)
    .filter((one) => one.resource.resourceType.startsWith('Practitioner'));
}

/** Completes a practitioner with the role that names it, and a role with its practitioner. */
function withRole(scene: Scene, entries: readonly Entry[]): Entry[] {
  const all = new Set(entries);
  for (const entry of entries) {
    if (entry.resource.resourceType === 'PractitionerRole') {
      const practitioner = target(scene, entry, 'practitioner');
      if (practitioner) all.add(practitioner);
    } else {
      const role = ofType(scene, 'PractitionerRole').find(
        (one) => target(scene, one, 'practitioner') === entry,
      );
      if (role) all.add(role);
    }
  }
  return [...all].sort((a, b) => a.resource.resourceType.localeCompare(b.resource.resourceType));
}

function target(scene: Scene, entry: Entry, element: string): Entry | undefined {
  const value = entry.resource[element] as Reference | undefined;
  return typeof value?.reference === 'string' ? scene.resolve(value.reference, entry) : undefined;
}

/** Named as such, else everybody but the sender; the sender too when there is nobody else. */
function treatingPractitioners(scene: Scene, sending: readonly Entry[]): readonly Entry[] {
  const named = scene.parcel.given.parts.get('practitioner');
  if (named) return withRole(scene, named);
  const others = scene.parcel.entries.filter(
    (entry) =>
      (entry.resource.resourceType === 'Practitioner' ||
        entry.resource.resourceType === 'PractitionerRole') &&
      !sending.includes(entry),
  );
  return others.some((entry) => entry.resource.resourceType === 'Practitioner') ? others : sending;
}
