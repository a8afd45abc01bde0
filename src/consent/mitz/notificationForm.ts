// Which form must a notification have before anything in it is believed? Bundle of type transaction with Consent, Patient
// and Organization, all posted and linked by urn:uuid; profile http://vzvz.nl/fhir/StructureDefinition/Consent-Mitz-Notify.
import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import type { FhirResource, Issue } from '../../model.ts';

const coding = z.looseObject({
  system: z.string().optional(),
  code: z.string().optional(),
  version: z.string().optional(),
});
const concept = z.looseObject({ coding: z.array(coding).default([]) });
const reference = z.looseObject({ reference: z.string() });
const identifiers = z
  .array(z.looseObject({ system: z.string().optional(), value: z.string().optional() }))
  .default([]);
const actor = z.looseObject({ role: concept, reference });

const provision = z.looseObject({
  type: z.string().optional(),
  actor: z.array(actor).min(1),
  purpose: z.array(coding).default([]),
});

const consent = z.looseObject({
  resourceType: z.literal('Consent'),
  status: z.string(),
  scope: concept,
  extension: z
    .array(z.looseObject({ url: z.string(), valueCodeableConcept: concept.optional() }))
    .default([]),
  category: z.array(concept).min(1),
  patient: reference,
  dateTime: z.string(),
  provision,
});

const patient = z.looseObject({ resourceType: z.literal('Patient'), identifier: identifiers });
const organization = z.looseObject({
  resourceType: z.literal('Organization'),
  identifier: identifiers,
});

const entry = z.looseObject({
  fullUrl: z.string().regex(/^urn:uuid:[0-9a-fA-F-]{36}$/),
  resource: z.discriminatedUnion('resourceType', [consent, patient, organization]),
  request: z.looseObject({ method: z.literal('POST') }),
});

const bundle = z.looseObject({
  resourceType: z.literal('Bundle'),
  type: z.literal('transaction'),
  entry: z.array(entry).min(1).max(500),
});

export type Notification = z.output<typeof bundle>;
export type NotifiedConsent = z.output<typeof consent>;
export type NotifiedEntry = z.output<typeof entry>;
export type Coding = z.output<typeof coding>;

/** Refuses the whole notification and names the place; never its content. */
export function refuseNotification(reason: string, path: string, text: Issue['text']): never {
  const issue: Issue = { severity: 'error', code: 'invalid', text, rule: reason, expression: [path] };
  throw new GatewayError('unprocessable', text.en, { reason, issues: [issue] });
}

const printed = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'Bundle',
  );

/** The notification in the form that is agreed. Throws `unprocessable` with every place that is not. */
export function readForm(resource: FhirResource): Notification {
  const parsed = bundle.safeParse(resource);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 20).map(
      (one): Issue => ({
        severity: 'error',
        code: 'structure',
        text: {
          nl: 'Niet in de vorm van een Mitz-notificatie',
          en: 'Not of the form of a Mitz notification',
        },
        rule: 'notification-form',
        expression: [printed(one.path)],
      }),
    );
    throw new GatewayError('unprocessable', 'The body is not a Mitz notification.', {
      reason: 'notification-form',
      issues,
    });
  }
  const urls = parsed.data.entry.map((one) => one.fullUrl);
  const twice = urls.findIndex((url, at) => urls.indexOf(url) !== at);
  if (twice >= 0) {
    refuseNotification('notification-link', `Bundle.entry[${twice}].fullUrl`, {
      nl: 'Twee onderdelen hebben hetzelfde adres',
      en: 'Two entries have the same address',
    });
  }
  return parsed.data;
}
