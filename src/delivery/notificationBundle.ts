// What is in the Bundle of shape E? Subscriptions R5 Backport for R4, id-only:
// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html
import type { Endpoint, FhirResource } from '../model.ts';
import type { NotificationMessage } from './message.ts';

const profile =
  'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4';

/** Where the Task lives says where this gateway does: what comes before `/Task/`. */
const baseOf = (taskUrl: string): string => taskUrl.replace(/\/Task\/[^/]+$/, '');

type Notified = { exchange: string; message: NotificationMessage; endpoint: Endpoint };

const subscriptionOf = ({ exchange, message, endpoint }: Notified) =>
  endpoint.subscription ?? {
    url: `${baseOf(message.taskUrl)}/Subscription/${endpoint.id}`,
    topic: `${baseOf(message.taskUrl)}/SubscriptionTopic/${exchange}`,
  };

function status(notice: Notified, at: string): FhirResource {
  const { message } = notice;
  const { url, topic } = subscriptionOf(notice);
  const number = String(message.eventNumber ?? 1);
  return {
    resourceType: 'Parameters',
    meta: { profile: [profile] },
    parameter: [
      { name: 'subscription', valueReference: { reference: url } },
      { name: 'topic', valueCanonical: topic },
      { name: 'status', valueCode: 'active' },
      { name: 'type', valueCode: 'event-notification' },
      { name: 'events-since-subscription-start', valueString: number },
      {
        name: 'notification-event',
        part: [
          { name: 'event-number', valueString: number },
          { name: 'timestamp', valueInstant: at },
          { name: 'focus', valueReference: { reference: message.taskUrl } },
        ],
      },
    ],
  };
}

/** The notification Bundle: the subscription's status, and the address of the Task without its content. */
export function notificationBundle(notice: Notified & { kind: string; version: number }): FhirResource {
  const { message } = notice;
  const { url } = subscriptionOf(notice);
  const made = notice.kind === 'announce' && notice.version === 1;
  return {
    resourceType: 'Bundle',
    id: message.notificationIdentifier,
    type: 'history',
    timestamp: message.authoredOn,
    entry: [
      {
        fullUrl: `urn:uuid:${message.notificationIdentifier}`,
        resource: status(notice, message.authoredOn),
        request: { method: 'GET', url: `${url}/$status` },
        response: { status: '200' },
      },
      {
        fullUrl: message.taskUrl,
        request: { method: made ? 'POST' : 'PUT', url: made ? 'Task' : `Task/${message.taskId}` },
        response: { status: made ? '201' : '200' },
      },
    ],
  };
}
