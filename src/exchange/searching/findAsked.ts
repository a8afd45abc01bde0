// Which resources does a search find? Those that its parameters ask for, by the rule that let them leave their holder.
import { visitReferences } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';
import { asksFor } from '../answers/askedFor.ts';
import type { HolderResources, ResolveIn } from '../declaredSearch.ts';
import type { SearchParameters, SearchShape } from './searchShape.ts';

function targetsOf(resource: FhirResource, resolve: ResolveIn): ReadonlySet<FhirResource> {
  const targets = new Set<FhirResource>();
  visitReferences(resource, ({ reference }) => {
    const target = resolve(reference, resource);
    if (target) targets.add(target);
  });
  return targets;
}

/** The resources of the asked type, without those that have something else where a parameter looks. */
export function findAsked(
  { resourceType }: SearchShape,
  { resources, resolve }: HolderResources,
  parameters: SearchParameters,
): FhirResource[] {
  const query = { resourceType, parameters };
  return resources.filter(
    (resource) =>
      resource.resourceType === resourceType &&
      asksFor({ resource, targets: targetsOf(resource, resolve) }, [query]) !== 'no',
  );
}
