// What must expressions know of FHIR's types? Children and ancestors, from the element tables.
import { typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import type { ChildType, Model } from './fhirpath/items.ts';

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

function childOf(version: FhirVersion, type: string, name: string): ChildType | undefined {
  const definition = typeOf(version, type);
  if (definition === undefined) return undefined;
  const property = definition.properties.get(name);
  if (property !== undefined) return { type: property.type };
  const choice = definition.elements.find((one) => one.choice && one.name === `${name}[x]`);
  return choice === undefined ? undefined : { type: '', choices: choice.types };
}

/** The model of one FHIR version; answers are remembered. */
export function modelOf(version: FhirVersion): Model {
  const children = new Map<string, Map<string, ChildType | undefined>>();
  return {
    child(type, name) {
      let ofType = children.get(type);
      if (ofType === undefined) {
        ofType = new Map();
        children.set(type, ofType);
      }
      if (!ofType.has(name)) ofType.set(name, childOf(version, type, name));
      return ofType.get(name);
    },
    isA: (type, ancestor) => type === ancestor || isTypeA(version, type, ancestor),
  };
}
