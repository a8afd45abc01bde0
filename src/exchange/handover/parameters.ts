// What do the parts of $handover's Parameters say? They win over the content (docs/handover-api.md).
import { identifiersOf } from '../../fhir/identifiers.ts';
import type { FhirResource } from '../../model.ts';
import type { OperationParameter } from '../exchange.ts';
import { documentEntries } from './attachments.ts';
import { finding, refuse } from './findings.ts';
import type { Entry, Given } from './parcel.ts';

export type Parts = {
  given: Given;
  content: { bundle: FhirResource; place: string } | undefined;
  entries: readonly Entry[];
};

type Part = { name: string; place: string; resource: FhirResource | undefined; row: Record<string, unknown> };

/** Parts that carry one resource each, and the types that they take. */
const resourceParts: Readonly<Record<string, readonly string[]>> = {
  patient: ['Patient'],
  sender: ['Organization', 'Practitioner', 'PractitionerRole'],
  payer: ['Coverage'],
  practitioner: ['Practitioner', 'PractitionerRole'],
  diagnosis: ['Condition'],
  resource: [],
};

/** Reads the parts. Throws `unprocessable` for a part that the operation does not know: nothing is dropped silently. */
export function readParameters(body: FhirResource): Parts {
  const reading: Reading = { given: { parts: new Map() }, content: undefined, entries: [], parts: new Map() };
  const seen = new Set<string>();
  for (const part of partsOf(body)) {
    if (single.has(part.name) && seen.has(part.name)) throw wrong(part);
    seen.add(part.name);
    const own = readers.get(part.name);
    if (own) own(reading, part);
    else readResources(reading, part);
  }
  const { given, content, entries, parts } = reading;
  return { given: { ...given, parts }, content, entries };
}

type Reading = {
  given: { -readonly [K in keyof Given]: Given[K] };
  content: Parts['content'];
  entries: Entry[];
  parts: Map<string, Entry[]>;
};

/** Parts that say something beside the content, each in its own way. */
const readers: ReadonlyMap<string, (reading: Reading, part: Part) => void> = new Map([
  [
    'content',
    (reading: Reading, part: Part) => {
      if (part.resource?.resourceType !== 'Bundle') throw wrong(part);
      reading.content = { bundle: part.resource, place: `${part.place}.resource` };
    },
  ],
  [
    'transferDate',
    ({ given }: Reading, part: Part) => {
      given.transferDate = dateOf(part);
    },
  ],
  [
    'case',
    ({ given }: Reading, part: Part) => {
      given.case = caseOf(part);
    },
  ],
  [
    'receiver',
    ({ given, entries }: Reading, part: Part) => {
      given.receiver = receiverOf(part, entries);
    },
  ],
]);

function readResources(reading: Reading, part: Part): void {
  const own = part.name === 'document' ? documentEntries(part) : [resourceEntry(part)];
  reading.parts.set(part.name, [...(reading.parts.get(part.name) ?? []), ...own]);
  reading.entries.push(...own);
}

const single = new Set(['content', 'transferDate', 'case', 'receiver', 'patient']);

/** The same parts as the definition of the operation lists them. */
export const handoverParameters: readonly OperationParameter[] = [
  { name: 'content', type: 'Bundle', documentation: 'The handoff; it may also be the body itself.' },
  {
    name: 'transferDate',
    type: 'dateTime',
    documentation: 'When the patient is transferred. Also as valueDate.',
  },
  {
    name: 'case',
    type: 'Identifier',
    documentation: 'What the sender calls this handover. Also as valueString.',
  },
  {
    name: 'receiver',
    type: 'Identifier',
    documentation: 'To which organisation. Also as valueReference, or as an Organization.',
  },
  {
    name: 'document',
    type: 'DocumentReference',
    max: '*',
    documentation: 'A document that goes with it. Also as a Binary, or as valueAttachment with its bytes.',
  },
  ...Object.entries(resourceParts).map(([name, [type = 'Resource', ...others]]) => ({
    name,
    type: others.length > 0 ? 'Resource' : type,
    max: single.has(name) ? ('1' as const) : ('*' as const),
    documentation: `A resource${others.length > 0 ? `: ${[type, ...others].join(', ')}` : ''}.`,
  })),
];

function partsOf(body: FhirResource): Part[] {
  const rows = Array.isArray(body.parameter) ? (body.parameter as Record<string, unknown>[]) : [];
  if (body.implicitRules !== undefined)
    throw refuse([finding('handover-implicit-rules', ['Parameters.implicitRules'])]);
  return rows.map((row, index) => ({
    name: typeof row?.name === 'string' ? row.name : '',
    place: `Parameters.parameter[${index}]`,
    resource: row?.resource as FhirResource | undefined,
    row: row ?? {},
  }));
}

const wrong = (part: { place: string }) => refuse([finding('handover-part', [part.place])]);

function dateOf(part: Part): string {
  const value = part.row.valueDateTime ?? part.row.valueDate;
  if (typeof value !== 'string') throw wrong(part);
  return value;
}

function caseOf(part: Part): { system: string; value: string } {
  const { valueString, valueIdentifier } = part.row;
  const known = caseIdentifier(valueString === undefined ? valueIdentifier : { value: valueString });
  if (!known) throw wrong(part);
  return known;
}

/** An identifier that can name a case: it has a value. */
export function caseIdentifier(value: unknown): { system: string; value: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { system, value: text } = value as { system?: unknown; value?: unknown };
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  return { system: typeof system === 'string' ? system : '', value: text.trim() };
}

function receiverOf(part: Part, entries: Entry[]): NonNullable<Given['receiver']> {
  const { row, resource, place } = part;
  if (resource) {
    if (resource.resourceType !== 'Organization') throw wrong(part);
    entries.push({ resource, fullUrl: undefined, place: `${place}.resource` });
    return { identifiers: identifiersOf(resource), reference: undefined, place };
  }
  if (row.valueIdentifier)
    return {
      identifiers: identifiersOf({ identifier: row.valueIdentifier }),
      reference: undefined,
      place,
    };
  const reference = row.valueReference as { reference?: unknown; identifier?: unknown } | undefined;
  if (!reference) throw wrong(part);
  return {
    identifiers: identifiersOf(reference),
    reference: typeof reference.reference === 'string' ? reference.reference : undefined,
    place,
  };
}

function resourceEntry(part: Part): Entry {
  const types = Object.hasOwn(resourceParts, part.name) ? resourceParts[part.name] : undefined;
  const type = part.resource?.resourceType;
  if (!types || !part.resource || (types.length > 0 && !types.includes(type ?? ''))) throw wrong(part);
  return { resource: part.resource, fullUrl: undefined, place: `${part.place}.resource` };
}
