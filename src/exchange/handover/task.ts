// What does the workflow Task say? eOverdracht-Task 4.0.0: who hands over to whom and where the content is, nothing about the patient.
import type { Selectable } from 'kysely';
import { identifiersOf, normaliseSystem, uraSystem } from '../../fhir/identifiers.ts';
import type { FhirResource, Identifier, Issue, Participant } from '../../model.ts';
import { keyOf } from '../../routing/organisations.ts';
import type { HandoverTable } from '../../store/tables.ts';
import { codes, profiles, routingExtensions } from './codes.ts';
import { type Handoff, inSection, patientOf } from './handoff.ts';
import { receivingOrganization, sendingOrganization } from './sections.ts';
import type { Servable } from './servable.ts';

export type HandoverRow = Selectable<HandoverTable>;

/** Sealed beside a handover: the fixed part of its Task, and what only the gateway or the sender may know. */
export type SealedTask = {
  task: Record<string, unknown>;
  /** What the check had to say about the present version. */
  findings?: readonly Issue[];
  patientBsn?: string;
  case?: { system: string; value: string };
};

const statusOf = {
  'in-progress': 'in-progress',
  completed: 'completed',
  cancelled: 'cancelled',
  // the receiver may still say that it is done; only its right to the content has ended
  expired: 'in-progress',
} as const;

type Between = { sender: Participant; receiver: Participant };

/** The part of the Task that the content decides. */
export function taskContent(handoff: Handoff, servable: Servable, between: Between): Record<string, unknown> {
  const composition = reference(servable, handoff.composition);
  const patient = patientOf(handoff);
  const extension = routing(handoff);
  return {
    ...(extension.length > 0 ? { extension } : {}),
    intent: 'order',
    code: { coding: [{ ...codes.transferOfCare }] },
    // a patient inside the Composition has no address of its own
    for: patient && servable.ids.has(patient) ? reference(servable, patient) : composition,
    requester: {
      agent: organisation(handoff, servable, { section: sendingOrganization, participant: between.sender }),
    },
    owner: organisation(handoff, servable, { section: receivingOrganization, participant: between.receiver }),
    input: [{ type: { coding: [{ ...codes.nursingHandoff }] }, valueReference: composition }],
  };
}

/** The Task as it stands now. */
export function taskView(row: HandoverRow, sealed: SealedTask): FhirResource {
  const { extension, intent, code, for: subject, requester, owner, input } = sealed.task;
  return {
    resourceType: 'Task',
    id: row.task_id,
    meta: { versionId: String(row.task_version), lastUpdated: row.updated_at, profile: [profiles.task] },
    ...(extension ? { extension } : {}),
    status: statusOf[row.state],
    intent,
    code,
    for: subject,
    authoredOn: row.created_at,
    lastModified: row.updated_at,
    requester,
    owner,
    input,
  };
}

function reference(servable: Servable, entry: Handoff['composition']): Record<string, unknown> {
  return { reference: `${entry.resource.resourceType}/${servable.ids.get(entry) ?? ''}` };
}

/** An organisation is no patient: its number may stand in the Task, so that it can be read without the content. */
function organisation(
  handoff: Handoff,
  servable: Servable,
  who: { section: string; participant: Participant },
): Record<string, unknown> {
  const identifier = mainIdentifier(who.participant);
  const entry = inSection(handoff, who.section, 'Organization').find(
    (one) => servable.ids.has(one) && carries(one.resource, who.participant),
  );
  return { ...(entry ? reference(servable, entry) : {}), ...(identifier ? { identifier } : {}) };
}

function carries(resource: FhirResource, participant: Participant): boolean {
  const own = participant.identifiers.map(keyOf);
  return identifiersOf(resource).some((one) => own.includes(keyOf(one)));
}

/** The URA where there is one. */
export function mainIdentifier(participant: Participant): Identifier | undefined {
  const found = uraOf(participant) ?? participant.identifiers[0];
  return found && { system: normaliseSystem(found.system), value: found.value };
}

export function uraOf(participant: Participant): Identifier | undefined {
  return participant.identifiers.find((one) => normaliseSystem(one.system) === uraSystem);
}

function routing(handoff: Handoff): unknown[] {
  const list = handoff.task?.resource.extension;
  if (!Array.isArray(list)) return [];
  return list.filter((one: { url?: unknown } | null) => routingExtensions.includes(String(one?.url)));
}
