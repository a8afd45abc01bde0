// How is the answer put together? The card first, then what it rests on by holder, then who did not answer.
// A document in spirit; a Bundle of type `collection`, since its parts have several authors. https://hl7.org/fhir/R4/bundle.html
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { FhirResource, Issue, Language } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';
import type { Card } from './cardShape.ts';
import { printCardComposition } from './composition.ts';
import { holderEntries } from './holderEntries.ts';
import { outcomesOf } from './outcomes.ts';

type Answer = { card: Card; retrieved: Retrieved; link: string | undefined; language: Language };

/** `entry[0]` the card to read (Composition), `entry[1]` the card to compute with (Binary, JSON). */
export function bundleOf({ card, retrieved, link, language }: Answer, deps: ExchangeDeps): FhirResource {
  const issues = new Map<HolderResult, readonly Issue[]>();
  const ofHolders = retrieved.results.flatMap((result) => {
    const made = holderEntries(result, deps);
    issues.set(result, made.issues);
    return made.resources;
  });
  const patient = ofHolders.find(({ resourceType }) => resourceType === 'Patient');
  const composition = printCardComposition(card, {
    language,
    baseUrl: deps.baseUrl,
    ...(patient === undefined ? {} : { patientReference: `Patient/${patient.id}` }),
  });
  const outcomes = outcomesOf(retrieved, issues, language);
  return {
    resourceType: 'Bundle',
    id: randomUUID(),
    type: 'collection',
    timestamp: deps.clock().toISOString(),
    ...(link === undefined ? {} : { link: [{ relation: 'alternate', url: link }] }),
    entry: [
      ownEntry(composition),
      ownEntry(cardBinary(card)),
      ...ofHolders.map((resource) => ({
        fullUrl: `${deps.baseUrl}/r4/${resource.resourceType}/${resource.id}`,
        resource,
      })),
      ...outcomes.map(ownEntry),
    ],
  };
}

/** Made for this answer alone: it cannot be read again. */
function ownEntry(resource: FhirResource): { fullUrl: string; resource: FhirResource } {
  const id = resource.id ?? randomUUID();
  const { resourceType, ...rest } = resource;
  return { fullUrl: `urn:uuid:${id}`, resource: { resourceType, ...rest, id } };
}

const cardBinary = (card: Card): FhirResource => ({
  resourceType: 'Binary',
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(card)).toString('base64'),
});
