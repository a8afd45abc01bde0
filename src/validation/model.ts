// What must expressions know of FHIR's types? Children and ancestors, from the element tables.
import { typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import { type ChildType, type Model, namedChoice, namedOf } from './fhirpath/items.ts';

const ancestors: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  uuid: 'uri',
  oid: 'uri',
  unsignedInt: 'integer',
  positiveInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  Money: 'Quantity',
  SimpleQuantity: 'Quantity',
  MoneyQuantity: 'Quantity',
};
const plainResources = new Set(['Bundle', 'Binary', 'Parameters']);

function parentOf(version: FhirVersion, type: string): string | undefined {
  const known = ancestors[type];
  if (known !== undefined) return known;
  if (type === 'Resource' || type === 'Element') return undefined;
  if (type.includes('.')) return 'BackboneElement';
  if (type === 'DomainResource') return 'Resource';
  const kind = typeOf(version, type)?.kind;
  if (kind === 'resource') return plainResources.has(type) ? 'Resource' : 'DomainResource';
  return kind === undefined ? undefined : 'Element';
}

/** Is `type` the type `ancestor` or one that specialises it? */
export function isTypeA(version: FhirVersion, type: string, ancestor: string): boolean {
  let at: string | undefined = type;
  while (at !== undefined) {
    if (at === ancestor) return true;
    at = parentOf(version, at);
  }
  return false;
}

/** The types above a type of the version, and itself; undefined for a name that content made up. */
function lineageOf(version: FhirVersion, type: string): ReadonlySet<string> | undefined {
  if (typeOf(version, type) === undefined) return undefined;
  const lineage = new Set<string>();
  for (let at: string | undefined = type; at !== undefined; at = parentOf(version, at)) lineage.add(at);
  return lineage;
}

function childOf(version: FhirVersion, type: string, name: string): ChildType | undefined {
  const definition = typeOf(version, type);
  if (definition === undefined) return undefined;
  const property = definition.properties.get(name);
  if (property !== undefined) return namedOf(name, property.type);
  const choice = definition.elements.find((one) => one.choice && one.name === `${name}[x]`);
  if (choice === undefined) return undefined;
  return { ...namedOf(name, ''), choices: choice.types.map((one) => namedChoice(name, one)) };
}

const most = 500;

/** The model of one FHIR version; answers are remembered. */
export function modelOf(version: FhirVersion): Model {
  const children = new Map<string, Map<string, ChildType | undefined>>();
  const lineages = new Map<string, ReadonlySet<string>>();
  return {
    child(type, name) {
      let ofType = children.get(type);
      if (ofType === undefined) {
        if (typeOf(version, type) === undefined) return undefined;
        ofType = new Map();
        children.set(type, ofType);
      }
      let child = ofType.get(name);
      if (child === undefined && !ofType.has(name)) {
        child = childOf(version, type, name);
        // Content may ask for any name: what is not there is kept for some of them.
        if (child !== undefined || ofType.size < most) ofType.set(name, child);
      }
      return child;
    },
    isA(type, ancestor) {
      if (type === ancestor) return true;
      const known = lineages.get(type);
      if (known !== undefined) return known.has(ancestor);
      const lineage = lineageOf(version, type);
      if (lineage !== undefined) lineages.set(type, lineage);
      return isTypeA(version, type, ancestor);
    },
  };
}
