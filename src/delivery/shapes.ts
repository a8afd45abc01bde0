// What does a notification look like on the wire? One line per shape of docs/notification-shapes.md.
import { printXml } from '../fhir/xml.ts';
import type { Endpoint, FhirResource } from '../model.ts';
import type { OutgoingRequest } from '../outgoing/outgoing.ts';
import type { OutboxTable } from '../store/tables.ts';
import type { NotificationMessage } from './message.ts';
import { notificationBundle } from './notificationBundle.ts';
import { cancelPath, notificationTask } from './notificationTask.ts';

/** One thing to say to one endpoint. */
export type Notice = {
  kind: OutboxTable['kind'];
  exchange: string;
  version: number;
  message: NotificationMessage;
  endpoint: Endpoint;
  now: Date;
};

export type WireRequest = Pick<OutgoingRequest, 'method' | 'url' | 'headers' | 'body'>;

const fhirAnswer = { accept: 'application/fhir+json, application/fhir+xml;q=0.9, */*;q=0.1' };
const empty = (url: string, accept: Record<string, string>): WireRequest => ({
  method: 'POST',
  url,
  headers: accept,
});

function body(resource: FhirResource, endpoint: Endpoint): Pick<WireRequest, 'headers' | 'body'> {
  const xml = endpoint.format === 'xml';
  const type = xml ? 'application/fhir+xml' : 'application/fhir+json';
  return {
    headers: { 'content-type': `${type}; charset=utf-8`, accept: fhirAnswer.accept },
    body: xml ? printXml(resource, 'stu3') : JSON.stringify(resource),
  };
}

function taskRequest({ message, endpoint }: Notice): WireRequest {
  const sent = body(notificationTask(message), endpoint);
  if (message.status === 'cancelled') {
    return { method: 'PUT', url: `${endpoint.address}/${cancelPath(message)}`, ...sent };
  }
  return { method: 'POST', url: `${endpoint.address}/Task`, ...sent };
}

function bundleRequest(notice: Notice): WireRequest {
  return {
    method: 'POST',
    url: notice.endpoint.address,
    headers: { 'content-type': 'application/fhir+json; charset=utf-8', accept: 'application/fhir+json' },
    body: JSON.stringify(notificationBundle(notice)),
  };
}

const shapes: Readonly<Record<Endpoint['shape'], (notice: Notice) => WireRequest>> = {
  A: ({ endpoint, message }) => empty(`${endpoint.address}/${message.taskId}`, fhirAnswer),
  B: ({ endpoint }) => empty(endpoint.address, fhirAnswer),
  C: ({ endpoint, message }) =>
    empty(`${endpoint.address}/Task/${message.taskId}`, { accept: 'application/json' }),
  D: taskRequest,
  E: bundleRequest,
};

function callbackRequest({ endpoint, message, version }: Notice): WireRequest {
  const { handoverUrl, state, reason } = message.callback ?? {};
  const about = handoverUrl === undefined ? { task: message.taskUrl } : { handover: handoverUrl };
  return {
    method: 'POST',
    url: endpoint.address,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ ...about, version, state, reason }),
  };
}

/** The request that says `notice` to its endpoint, without authorization. */
export function wireRequest(notice: Notice): WireRequest {
  return notice.kind === 'callback' ? callbackRequest(notice) : shapes[notice.endpoint.shape](notice);
}
