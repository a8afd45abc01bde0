// What does the receiver get? The Task, the Composition and exactly what it leads to; each read is recorded before it leaves.
import { Buffer } from 'node:buffer';
import { GatewayError } from '../../errors.ts';
import { anySize, parseJson } from '../../fhir/json.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import { retried } from '../../store/retried.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import { notKnown, releaseContent, releaseTask } from '../release.ts';
import { documentOf } from './document.ts';
import {
  addStepOnce,
  binaryPayload,
  contexts,
  handoverOfServed,
  handoverOfTask,
  isPresent,
  openTask,
  type Step,
} from './records.ts';
import { type HandoverRow, taskView } from './task.ts';

type Read = { request: RoutedRequest; requester: Requester; deps: ExchangeDeps };

export async function readTask(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  return retried(async () => {
    const row = releaseTask(await handoverOfTask(deps.store, request.params.id ?? ''), requester);
    const sealed = await openTask(deps.store, row);
    const answer = answered(request, taskView(row, sealed), row.task_version);
    await recordRead({ request, requester, deps }, row, {
      step: row.receiver_id === requester.participant.id ? { step: 'taskRead' } : undefined,
      answer,
      object: `Task/${row.task_id}`,
      patientBsn: sealed.patientBsn,
    });
    return answer;
  });
}

export async function readDocument(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  return retried(async () => {
    const { row } = await held({ request, requester, deps }, 'Composition');
    const [resources, receivedAt] = await Promise.all([openClosure(deps, row), receivedAtOf(deps, row)]);
    const answer = answered(request, documentOf({ row, resources, receivedAt }, deps), row.version);
    await recordRead({ request, requester, deps }, row, {
      step: { step: 'documentFetched', detail: 'document' },
      answer,
      object: `Composition/${row.composition_id}/$document`,
      patientBsn: (await openTask(deps.store, row)).patientBsn,
    });
    return answer;
  });
}

export async function readResource(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  return retried(async () => {
    const [type, id] = [request.path[0] ?? '', request.params.id ?? ''];
    const { row, payloadId } = await held({ request, requester, deps }, type);
    const resource = payloadId
      ? await openBinary(deps, row, { id, payloadId })
      : (await openClosure(deps, row)).find((one) => one.id === id && one.resourceType === type);
    if (!resource) throw notKnown();
    const answer = answered(request, resource, row.version);
    await recordRead({ request, requester, deps }, row, {
      answer,
      step: { step: 'resourceRead', detail: `${type}/${id}` },
      object: `${type}/${id}`,
      patientBsn: (await openTask(deps.store, row)).patientBsn,
    });
    return answer;
  });
}

/** Leads from a served id to its handover and asks whether it may leave. */
async function held(read: Read, type: string): Promise<{ row: HandoverRow; payloadId: string | null }> {
  const { request, requester, deps } = read;
  const id = request.params.id ?? '';
  const found = await handoverOfServed(deps.store, id);
  const row = releaseContent(found, requester, deps.clock());
  const payloadId = type === 'Binary' ? await binaryPayload(deps.store, { id, handoverId: row.id }) : null;
  return { row, payloadId };
}

async function openClosure(deps: ExchangeDeps, row: HandoverRow): Promise<FhirResource[]> {
  const version = await deps.store.read
    .selectFrom('handover_version')
    .select('payload_id')
    .where('handover_id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst();
  if (!version) throw new GatewayError('fault', 'Stored content is missing');
  const context = contexts.closure(row.id, row.version);
  const bytes = await deps.store.open(version.payload_id, context, isPresent(deps.store, row));
  return parseJson(bytes, anySize) as FhirResource[];
}

async function receivedAtOf(deps: ExchangeDeps, row: HandoverRow): Promise<string> {
  const version = await deps.store.read
    .selectFrom('handover_version')
    .select('received_at')
    .where('handover_id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst();
  return version?.received_at ?? row.updated_at;
}

async function openBinary(
  { store }: ExchangeDeps,
  row: HandoverRow,
  binary: { id: string; payloadId: string },
): Promise<FhirResource> {
  const bytes = await store.open(binary.payloadId, contexts.binary(binary.id), isPresent(store, row));
  return parseJson(bytes, anySize) as FhirResource;
}

type Recorded = {
  step: { step: Step; detail?: string } | undefined;
  answer: FhirResponse;
  object: string;
  patientBsn: string | undefined;
};

/**
 * Records the read and its step, durably, before anything leaves; an answer without content (HEAD, 304) is no step. The
 * right is looked at once more inside the write: a grant that ended in the meantime ends this read too, and whoever ends
 * it waits for this read.
 */
async function recordRead(read: Read, row: HandoverRow, what: Recorded): Promise<void> {
  const { request, requester, deps } = read;
  await deps.store.write(async (unit) => {
    const present = await unit.db
      .selectFrom('handover')
      .selectAll()
      .where('id', '=', row.id)
      .$if(deps.store.kind === 'postgresql', (some) => some.forShare())
      .executeTakeFirst();
    if (what.step?.step === 'documentFetched' || what.step?.step === 'resourceRead') {
      releaseContent(present, requester, deps.clock());
    } else releaseTask(present, requester);
    const isTaken = what.answer.status === 200 && !request.headersOnly;
    if (what.step && isTaken) await addStepOnce(unit, row, { ...what.step, at: deps.clock().toISOString() });
    unit.audit({
      event: what.object.startsWith('Task/') ? 'handover.taskRead' : 'handover.contentRead',
      action: 'R',
      outcome: 'success',
      ...actorOf(requester),
      ...(what.patientBsn ? { patientBsn: what.patientBsn } : {}),
      object: what.object,
      exchange: 'handover',
      requestId: request.requestId,
      detail: { version: row.version },
    });
  });
}

function answered(request: RoutedRequest, resource: FhirResource, version: number): FhirResponse {
  const headers = { ETag: `W/"${version}"` };
  if (request.ifNoneMatch && matches(request.ifNoneMatch, version)) return { status: 304, headers };
  const raw = resource.resourceType === 'Binary' ? { raw: bytesOf(resource) } : {};
  return { status: 200, resource, headers, ...raw };
}

/** RFC 9110 section 13.1.2: a list of tags or `*`, compared weakly. */
function matches(header: string, version: number): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
}

function bytesOf(binary: FhirResource): { contentType: string; bytes: Uint8Array } {
  const { contentType, content } = binary as { contentType?: unknown; content?: unknown };
  return {
    contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
    bytes: Buffer.from(typeof content === 'string' ? content : '', 'base64'),
  };
}
