// What does Composition/$document answer? The Composition and all that it leads to but Binaries, as one document Bundle.
// https://hl7.org/fhir/STU3/composition-operations.html#document
import type { FhirResource } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { idsOfCase } from './ids.ts';
import type { HandoverRow } from './task.ts';

type Content = { row: HandoverRow; resources: readonly FhirResource[]; receivedAt: string };

/** The same Bundle each time for one version: it is derived, so nothing needs to be kept of it. */
export function documentOf(content: Content, deps: Pick<ExchangeDeps, 'store' | 'baseUrl'>): FhirResource {
  const { row, resources, receivedAt } = content;
  const id = idsOfCase(deps.store, row.case_hash).idFor(`Document/${row.version}`);
  const labels = securityOf(resources);
  return {
    resourceType: 'Bundle',
    id,
    meta: {
      versionId: String(row.version),
      lastUpdated: receivedAt,
      ...(labels.length > 0 ? { security: labels } : {}),
    },
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` },
    type: 'document',
    entry: resources.map((resource) => ({
      fullUrl: `${deps.baseUrl}/stu3/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}

/** A Bundle bears every label that one of its resources bears. https://hl7.org/fhir/STU3/security-labels.html */
function securityOf(resources: readonly FhirResource[]): unknown[] {
  const labels = new Map<string, unknown>();
  for (const resource of resources) {
    const { security } = (resource.meta ?? {}) as { security?: unknown };
    for (const label of Array.isArray(security) ? security : []) {
      const { system, code } = (label ?? {}) as { system?: unknown; code?: unknown };
      labels.set(`${String(system)}|${String(code)}`, label);
    }
  }
  return [...labels.values()];
}
