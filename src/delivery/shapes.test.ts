// Does each notification look as its receivers expect, and does none say anything about the patient?
import { describe, expect, test } from 'vitest';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
import type { Endpoint, FhirResource } from '../model.ts';
import type { NotificationMessage } from './message.ts';
import { type Notice, wireRequest } from './shapes.ts';

const taskId = '3f0c2f6e-58f0-4c43-9a55-0d1e7b0c7a11';
const message: NotificationMessage = {
  taskId,
  taskUrl: `https://gateway.example/stu3/Task/${taskId}`,
  compositionUrl: 'https://gateway.example/stu3/Composition/0b1f0a6e-5f39-4c0b-8d07-5f4e4a5c9f10',
  groupIdentifier: '5d2f1d9c-6c2c-4b7a-9d3a-1a6c9b1a2e3f',
  notificationIdentifier: '9b0f5f0e-1d7b-4e52-8f5e-2c1e9d0b7a44',
  senderUra: '00000001',
  receiverUra: '00000002',
  status: 'requested',
  authoredOn: '2026-05-10T12:00:00.000Z',
  availableUntil: '2026-06-09T12:00:00.000Z',
  authorizationBase: 'b3BhcXVl',
};
const endpoint = (change: Partial<Endpoint>): Endpoint => ({
  id: 'notify',
  kind: 'notification',
  address: 'https://ecd.example/notify',
  shape: 'A',
  auth: { kind: 'none' },
  status: 'active',
  repeatable: true,
  ...change,
});
const notice = (change: Partial<Notice> & { to?: Partial<Endpoint> }): Notice => ({
  kind: 'announce',
  exchange: 'handover',
  version: 1,
  message,
  endpoint: endpoint(change.to ?? {}),
  now: new Date('2026-05-10T12:00:00.000Z'),
  ...change,
});
const wire = (shape: Endpoint['shape'], change: Partial<Notice> = {}) =>
  wireRequest(notice({ ...change, to: { shape } }));
const json = (body: unknown): FhirResource => JSON.parse(String(body)) as FhirResource;

describe('notification shapes', () => {
  test.each([
    ['A', `https://ecd.example/notify/${taskId}`],
    ['B', 'https://ecd.example/notify'],
    ['C', `https://ecd.example/notify/Task/${taskId}`],
  ] as const)('%s is an empty POST to %s', (shape, url) => {
    const request = wire(shape);
    expect([request.method, request.url, request.body]).toEqual(['POST', url, undefined]);
    expect(request.headers?.accept).toMatch(
      shape === 'C' ? /^application\/json$/ : /^application\/fhir\+json/,
    );
    expect(request.headers?.['content-type']).toBeUndefined();
  });

  test('D posts a valid STU3 Task with every field of the table', () => {
    const request = wire('D');
    expect([request.method, request.url]).toEqual(['POST', 'https://ecd.example/notify/Task']);
    const task = json(request.body);
    expect(checkShape(task, 'stu3').filter((one) => one.severity !== 'warning')).toEqual([]);
    const uuid = (value: string) => ({ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${value}` });
    const organisation = (value: string) => ({
      identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value },
    });
    expect(task).toMatchObject({
      resourceType: 'Task',
      identifier: [uuid(message.notificationIdentifier)],
      groupIdentifier: uuid(message.groupIdentifier),
      basedOn: [{ reference: `Task/${taskId}` }],
      status: 'requested',
      intent: 'proposal',
      code: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskCode', code: 'pull-notification' }] },
      restriction: { period: { end: message.availableUntil } },
      requester: { agent: organisation('00000001'), onBehalfOf: organisation('00000001') },
      owner: organisation('00000002'),
    });
    expect(task.for).toBeUndefined();
    expect(task.input).toEqual([
      {
        type: {
          coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskParameter', code: 'authorization-base' }],
        },
        valueString: 'b3BhcXVl',
      },
      {
        type: {
          coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskParameter', code: 'get-workflow-task' }],
        },
        valueBoolean: true,
      },
    ]);
  });

  test('D cancels by a conditional update of the same notification', () => {
    const request = wire('D', { kind: 'cancel', message: { ...message, status: 'cancelled' } });
    expect(request.method).toBe('PUT');
    expect(new URL(request.url).searchParams.get('identifier')).toBe(
      `urn:ietf:rfc:3986|urn:uuid:${message.notificationIdentifier}`,
    );
    expect(json(request.body)).toMatchObject({ status: 'cancelled', intent: 'proposal' });
  });

  test('D in XML says the same as in JSON', () => {
    const xml = wireRequest(notice({ to: { shape: 'D', format: 'xml' } }));
    expect(xml.headers?.['content-type']).toMatch(/^application\/fhir\+xml/);
    expect(parseXml(Buffer.from(String(xml.body)), 'stu3')).toEqual(json(wire('D').body));
  });

  test('D names an organisation without URA by its other identifier', () => {
    const { senderUra: _, ...rest } = message;
    const sender = { system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '06010713' };
    expect(json(wire('D', { message: { ...rest, sender } }).body)).toMatchObject({
      requester: { onBehalfOf: { identifier: sender } },
    });
  });

  test('E posts a valid id-only history Bundle with the number of the event', () => {
    const request = wire('E', { message: { ...message, eventNumber: 7 } });
    expect([request.method, request.url]).toEqual(['POST', 'https://ecd.example/notify']);
    const bundle = json(request.body);
    expect(checkShape(bundle, 'r4').filter((one) => one.severity !== 'warning')).toEqual([]);
    const [status, focus] = bundle.entry as Record<string, FhirResource>[];
    expect(bundle.type).toBe('history');
    const parameters = status?.resource?.parameter as { name: string }[];
    expect(parameters.map((one) => one.name)).toEqual([
      'subscription',
      'topic',
      'status',
      'type',
      'events-since-subscription-start',
      'notification-event',
    ]);
    expect(parameters.at(-1)).toEqual({
      name: 'notification-event',
      part: [
        { name: 'event-number', valueString: '7' },
        { name: 'timestamp', valueInstant: message.authoredOn },
        { name: 'focus', valueReference: { reference: message.taskUrl } },
      ],
    });
    expect(focus).toMatchObject({ fullUrl: message.taskUrl, request: { method: 'POST', url: 'Task' } });
    expect(focus?.resource).toBeUndefined();
    const urls = JSON.stringify(bundle).match(/https?:\/\/[^"]*Subscription[^"]*/g) ?? [];
    expect(urls).toContain('https://gateway.example/stu3/Subscription/notify/$status');
  });

  test('E uses the subscription that the endpoint names, and says update when the Task was there', () => {
    const subscription = {
      url: 'https://gateway.example/r4/Subscription/1',
      topic: 'https://example.org/topic',
    };
    const request = wireRequest(notice({ kind: 'echo', to: { shape: 'E', subscription } }));
    expect(json(request.body)).toMatchObject({
      entry: [
        { request: { url: `${subscription.url}/$status` } },
        { request: { method: 'PUT', url: `Task/${taskId}` }, response: { status: '200' } },
      ],
    });
  });

  test('E names the exchange as its topic, where the endpoint names none', () => {
    const topicOf = (exchange: string) =>
      JSON.stringify(json(wire('E', { exchange }).body)).match(/SubscriptionTopic\/[^"]+/)?.[0];
    expect(topicOf('handover')).toBe('SubscriptionTopic/handover');
    expect(topicOf('break-glass')).toBe('SubscriptionTopic/break-glass');
  });

  test.each([
    ['handover', { handoverUrl: 'https://gateway.example/handover/1' }, 'https://gateway.example/handover/1'],
    ['task', {}, message.taskUrl],
  ])(
    'a callback tells the sender where to look (%s), how it stands and why, and no more',
    (name, at, url) => {
      const callback = { ...at, state: 'expired', reason: 'not-fetched' };
      const request = wireRequest(
        notice({ kind: 'callback', version: 3, message: { ...message, callback }, to: { shape: 'E' } }),
      );
      expect([request.method, request.url]).toEqual(['POST', 'https://ecd.example/notify']);
      const said = { [name]: url, version: 3, state: 'expired', reason: 'not-fetched' };
      expect(JSON.parse(String(request.body))).toEqual(said);
    },
  );
});
