// How does a document travel with a handover? As DocumentReference and Binary, and a PDF should declare itself PDF/A (ISO 19005).
import { Buffer } from 'node:buffer';
import type { FhirResource, Issue } from '../../model.ts';
import { finding, refuse } from './findings.ts';
import type { Entry } from './parcel.ts';
import { referenceTo } from './placing.ts';

type DocumentPart = { place: string; resource: FhirResource | undefined; row: Record<string, unknown> };

/** The `document` part: a DocumentReference, a Binary, or an Attachment with its bytes. */
export function documentEntries(part: DocumentPart): Entry[] {
  const { resource, row, place } = part;
  if (resource?.resourceType === 'DocumentReference') {
    return [{ resource, fullUrl: undefined, place: `${place}.resource` }];
  }
  if (resource?.resourceType === 'Binary') {
    const binary = { resource, fullUrl: undefined, place: `${place}.resource` };
    return [documentReference(binary, {}, place), binary];
  }
  const attachment = row.valueAttachment as Record<string, unknown> | undefined;
  if (!attachment || typeof attachment.data !== 'string') throw refuse([finding('handover-part', [place])]);
  const { data, contentType, ...about } = attachment;
  const binary: Entry = {
    resource: { resourceType: 'Binary', contentType: contentType ?? 'application/pdf', content: data },
    fullUrl: undefined,
    place: `${place}.valueAttachment`,
  };
  return [documentReference(binary, about, place), binary];
}

function documentReference(binary: Entry, about: Record<string, unknown>, place: string): Entry {
  const contentType = binary.resource.contentType ?? 'application/pdf';
  const url = binary.resource.id ? `Binary/${binary.resource.id}` : `urn:part:${place}`;
  if (!binary.resource.id) binary.fullUrl = url;
  const title = typeof about.title === 'string' ? about.title : undefined;
  return {
    resource: {
      resourceType: 'DocumentReference',
      status: 'current',
      type: { text: title ?? 'Document' },
      ...(typeof about.creation === 'string' ? { created: about.creation } : {}),
      content: [{ attachment: { ...about, contentType, url } }],
    },
    fullUrl: `${url}#reference`,
    place,
    madeAt: 'indexed',
  };
}

/** Says of the DocumentReferences made here whose they are, and since when they are there. */
export function indexDocuments(entries: readonly Entry[], patient: Entry | undefined, at: Date): void {
  // a patient inside the Composition has no address of its own
  const subject = patient && entries.includes(patient) ? { reference: referenceTo(patient) } : undefined;
  for (const entry of entries) {
    if (entry.madeAt !== 'indexed') continue;
    entry.resource = {
      ...entry.resource,
      ...(subject ? { subject } : {}),
      indexed: at.toISOString(),
    };
  }
}

/** Looks at a Binary, or at what a DocumentReference holds itself. */
export function checkDocument({ resource, place }: Entry): Issue[] {
  if (resource.resourceType === 'Binary')
    return checkBytes({ type: resource.contentType, base64: resource.content, place });
  if (resource.resourceType !== 'DocumentReference' || !Array.isArray(resource.content)) return [];
  return resource.content.flatMap((one: { attachment?: Record<string, unknown> } | null, index) => {
    const { contentType: type, data: base64 } = one?.attachment ?? {};
    if (base64 === undefined) return [];
    return checkBytes({ type, base64, place: `${place}.content[${index}].attachment` });
  });
}

type Bytes = { type: unknown; base64: unknown; place: string };

/**
 * What calls itself PDF must begin as one, and is asked whether it declares PDF/A. The bytes of a PDF's XMP packet are
 * not compressed in PDF/A, so the declaration can be found as text.
 */
function checkBytes({ type, base64, place }: Bytes): Issue[] {
  if (typeof type !== 'string' || !/^application\/pdf\s*(;|$)/i.test(type.trim())) return [];
  const bytes = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  if (!bytes.subarray(0, 1024).includes('%PDF-')) return [finding('handover-pdf', [place])];
  return bytes.includes('pdfaid:part') ? [] : [finding('handover-pdfa', [place])];
}
