// What is in the notification Task of shape D? TA Notified Pull 1.0.1, FHIR STU3 (twiin.nl/tanp); without the patient.
import { uraSystem } from '../fhir/identifiers.ts';
import type { FhirResource, Identifier } from '../model.ts';
import type { NotificationMessage } from './message.ts';

const uuids = 'urn:ietf:rfc:3986';
const taskCodes = 'http://fhir.nl/fhir/NamingSystem/TaskCode';
const parameters = 'http://fhir.nl/fhir/NamingSystem/TaskParameter';

const uuid = (value: string): Identifier => ({ system: uuids, value: `urn:uuid:${value}` });
const input = (code: string, value: Record<string, unknown>) => ({
  type: { coding: [{ system: parameters, code }] },
  ...value,
});
const organisation = (ura: string | undefined, other: Identifier | undefined): Identifier | undefined =>
  ura === undefined ? other : { system: uraSystem, value: ura };
const relative = (url: string): string => url.split('/').slice(-2).join('/');

function inputs(message: NotificationMessage) {
  const base = message.authorizationBase;
  return [
    ...(base === undefined ? [] : [input('authorization-base', { valueString: base })]),
    input('get-workflow-task', { valueBoolean: true }),
  ];
}

/** The Task to post, or to put when the message takes an announcement back. */
export function notificationTask(message: NotificationMessage): FhirResource {
  const sender = organisation(message.senderUra, message.sender);
  const receiver = organisation(message.receiverUra, message.receiver);
  return {
    resourceType: 'Task',
    identifier: [uuid(message.notificationIdentifier)],
    basedOn: [{ reference: relative(message.taskUrl) }],
    groupIdentifier: uuid(message.groupIdentifier),
    status: message.status,
    intent: 'proposal',
    code: { coding: [{ system: taskCodes, code: 'pull-notification' }] },
    authoredOn: message.authoredOn,
    ...(sender && { requester: { agent: { identifier: sender }, onBehalfOf: { identifier: sender } } }),
    ...(receiver && { owner: { identifier: receiver } }),
    ...(message.availableUntil && { restriction: { period: { end: message.availableUntil } } }),
    input: inputs(message),
  };
}

/** The conditional update that cancels: `Task?identifier={system}|{value}`, escaped. */
export function cancelPath(message: NotificationMessage): string {
  const { system, value } = uuid(message.notificationIdentifier);
  return `Task?identifier=${encodeURIComponent(`${system}|${value}`)}`;
}
