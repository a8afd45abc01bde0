// What of a resource does its type know? A copy without the elements that it does not.
import type { FhirResource, FhirVersion } from '../model.ts';
import { type Property, resourceTypeOf, type TypeDefinition, typeOf } from './definitions.ts';
import { isObject, type Tree } from './shapeWalk.ts';

const isEmpty = (value: unknown): boolean =>
  (isObject(value) || Array.isArray(value)) && Object.keys(value).length === 0;

function knownValue(value: unknown, property: Property, version: FhirVersion): unknown {
  if (Array.isArray(value))
    return value.map((one) => knownValue(one, property, version)).filter((one) => !isEmpty(one));
  if (!isObject(value)) return value;
  const type =
    property.kind === 'resource'
      ? resourceTypeOf(version, value.resourceType)
      : typeOf(version, property.type);
  return type ? knownElements(value, type, version) : value;
}

function knownElements(object: Tree, type: TypeDefinition, version: FhirVersion): Tree {
  const known: Tree = {};
  for (const [key, value] of Object.entries(object)) {
    const property = type.keys.get(key);
    if (property === undefined) {
      if (key === 'resourceType' && type.kind === 'resource') known[key] = value;
      continue;
    }
    // what stands beside a primitive is paired with its values
    const kept = key === property.beside ? value : knownValue(value, property, version);
    if (!isEmpty(kept)) known[key] = kept;
  }
  return known;
}

/** What has nothing left of it goes too. A resource of an unknown type stays as it is. */
export function withoutUnknown(resource: FhirResource, version: FhirVersion): FhirResource {
  const type = resourceTypeOf(version, resource.resourceType);
  return type ? { ...knownElements(resource, type, version), resourceType: resource.resourceType } : resource;
}
