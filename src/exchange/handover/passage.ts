// What is stored of one push? The closure, its Binaries, the Task and the findings as bytes, with their names and hashes.
import { Buffer } from 'node:buffer';
import { canonical } from '../../fhir/canonical.ts';
import { printJson } from '../../fhir/json.ts';
import type { FhirResource, Issue, Participant } from '../../model.ts';
import { checkDocument } from './attachments.ts';
import { codes, codingsOf, sameCoding } from './codes.ts';
import { finding, keepable } from './findings.ts';
import { type Handoff, patientOf } from './handoff.ts';
import { type Hashes, idsOfCase } from './ids.ts';
import { caseIdentifier } from './parameters.ts';
import type { Entry } from './parcel.ts';
import type { Receiver } from './parties.ts';
import { bsnOf } from './patient.ts';
import { makeServable, type Servable } from './servable.ts';
import { type SealedTask, taskContent } from './task.ts';

export type Passage = {
  caseHash: string;
  contentHash: string;
  handoverId: string;
  taskId: string;
  compositionId: string;
  patientHash: string | null;
  patientBsn: string | undefined;
  closure: Uint8Array;
  binaries: readonly { id: string; bytes: Uint8Array }[];
  /** How many resources the receiver can read, Binaries among them. */
  served: number;
  task: SealedTask;
  issues: readonly Issue[];
};

type Packing = { sender: Participant; hashes: Hashes; receiver: Receiver };

/** Makes everything that the store needs. Pure but for the keyed hashes. */
export function pack(handoff: Handoff, packing: Packing): Passage {
  const { sender, hashes } = packing;
  const named = caseOf(handoff);
  const caseHash = hashes.hash(
    'case',
    `${sender.id}|${named ? `${named.system}|${named.value}` : contentName(handoff)}`,
  );
  const ids = idsOfCase(hashes, caseHash);
  const servable = serve(handoff, ids.idFor);
  const printed = print(servable);
  const bsn = patientBsnOf(handoff);
  const task = taskContent(handoff, servable, { sender, receiver: packing.receiver.participant });
  return {
    caseHash,
    contentHash: hashes.hash('case', `content|${hashable(printed)}${routed(task)}`),
    handoverId: ids.handoverId,
    taskId: ids.idFor('Task'),
    compositionId: servable.resources[0]?.id ?? '',
    patientHash: bsn ? hashes.hash('bsn', bsn) : null,
    patientBsn: bsn,
    closure: Buffer.from(`[${printed.resources.join(',')}]`),
    binaries: printed.binaries,
    served: servable.ids.size,
    task: {
      task,
      ...(bsn ? { patientBsn: bsn } : {}),
      ...(named ? { case: named } : {}),
    },
    issues: keepable([...(named ? [] : [finding('handover-case-missing')]), ...issuesOf(handoff, servable)]),
  };
}

/** For another department the same content is sent anew. */
function routed({ extension }: Record<string, unknown>): string {
  if (!extension) return '';
  return `\n${printJson(canonical({ resourceType: 'Task', extension }, 'stu3'))}`;
}

/** Parameters, then the Bundle, then the Composition. */
export function caseOf(handoff: Handoff): { system: string; value: string } | undefined {
  return (
    handoff.given.case ??
    caseIdentifier(handoff.bundleIdentifier) ??
    caseIdentifier(handoff.composition.resource.identifier)
  );
}

/** Without a case identifier the content itself names the case, whatever ids it will be served under. */
function contentName(handoff: Handoff): string {
  return hashable(print(serve(handoff, (name) => name)));
}

export function patientBsnOf(handoff: Handoff): string | undefined {
  const patient = patientOf(handoff);
  return patient && bsnOf(patient.resource);
}

function serve(handoff: Handoff, idFor: (name: string) => string): Servable {
  return makeServable({
    composition: handoff.composition,
    patient: patientOf(handoff),
    patientBsn: patientBsnOf(handoff),
    resolve: handoff.resolve,
    idFor,
  });
}

function issuesOf(handoff: Handoff, servable: Servable): Issue[] {
  const outside = handoff.entries.filter((entry) => !servable.ids.has(entry) && entry !== handoff.task);
  const issues = outside.map((entry) => finding('handover-outside', [entry.place]));
  for (const entry of servable.ids.keys()) issues.push(...checkDocument(entry));
  return [...handoff.issues, ...servable.issues, ...issues];
}

type Printed = {
  resources: string[];
  binaries: { id: string; bytes: Uint8Array }[];
  /** The same without what only says when or how often something was saved. */
  stable: string[];
};

function print(servable: Servable): Printed {
  const made = new Map([...servable.ids].map(([{ madeAt }, id]) => [id, madeAt]));
  const printed: Printed = { resources: [], binaries: [], stable: [] };
  for (const [index, resource] of servable.resources.entries()) {
    const ordered = canonical(index === 0 ? withNewCode(resource) : resource, 'stu3');
    const text = printJson(ordered);
    printed.resources.push(text);
    const lasting = stable(ordered, made.get(resource.id ?? ''));
    printed.stable.push(lasting === ordered ? text : printJson(lasting));
  }
  for (const { resource } of servable.binaries) {
    const ordered = canonical(resource, 'stu3');
    const text = printJson(ordered);
    printed.binaries.push({ id: resource.id ?? '', bytes: Buffer.from(text) });
    const lasting = stable(ordered);
    printed.stable.push(lasting === ordered ? text : printJson(lasting));
  }
  return printed;
}

function hashable(printed: Printed): string {
  return printed.stable.join('\n');
}

/** The same resource when it has nothing of the kind. */
function stable(resource: FhirResource, madeAt?: Entry['madeAt']): FhirResource {
  const { lastUpdated, versionId, ...kept } = (resource.meta ?? {}) as Record<string, unknown>;
  const isVolatile = lastUpdated !== undefined || versionId !== undefined;
  if (!isVolatile && !madeAt) return resource;
  const lasting: FhirResource = { ...resource };
  if (isVolatile && Object.keys(kept).length > 0) lasting.meta = kept;
  else if (isVolatile) delete lasting.meta;
  if (madeAt) delete lasting[madeAt];
  return lasting;
}

/** Adds the current handoff code where only an old one, or only the profile, says what this is. */
function withNewCode(composition: FhirResource): FhirResource {
  const type = composition.type as Record<string, unknown> | undefined;
  const coding = codingsOf(type);
  if (coding.some((one) => sameCoding(one, codes.nursingHandoff))) return composition;
  return { ...composition, type: { ...type, coding: [...coding, { ...codes.nursingHandoff }] } };
}
