// Is this value of that FHIR type? By its known type, its resourceType, its JSON form, or its shape.
import { typeOf } from '../../fhir/definitions.ts';
import { looksLikeDate } from '../../fhir/fhirpath/dates.ts';
import { Amount, isRawDecimal, isTree, plain, type Tree, Typed } from './values.ts';

const parents: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  Money: 'Quantity',
};

const dated: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant']);
const textual: ReadonlySet<string> = new Set([
  ...['string', 'code', 'id', 'markdown', 'uri', 'url', 'canonical', 'oid', 'uuid', 'base64Binary', 'time'],
]);

const isKnownAs = (known: string, type: string): boolean => {
  for (let name: string | undefined = known; name !== undefined; name = parents[name]) {
    if (name === type) return true;
  }
  return false;
};

const isShaped = (tree: Tree, type: string): boolean => {
  const definition = typeOf('r4', type) ?? typeOf('stu3', type);
  return definition?.kind === 'complex' && Object.keys(tree).every((key) => definition.keys.has(key));
};

const isTreeOf = (tree: Tree, type: string): boolean => {
  if (typeof tree.resourceType !== 'string') return isShaped(tree, type);
  return tree.resourceType === type || type === 'Resource' || type === 'DomainResource';
};

const systemTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Boolean: 'boolean',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
};

const isNumberOf = (value: unknown, type: string): boolean => {
  if (type === 'decimal') return typeof value === 'number' || isRawDecimal(value);
  return ['integer', 'positiveInt', 'unsignedInt'].includes(type) && Number.isInteger(value);
};

/** Whether an item is of a type, FHIR's or FHIRPath's own. */
export const isOfType = (item: unknown, name: string): boolean => {
  const type = systemTypes[name] ?? name;
  if (item instanceof Typed && item.type !== undefined) return isKnownAs(item.type, type);
  const value = plain(item);
  if (value instanceof Amount) return type === 'Quantity';
  if (isTree(value)) return isTreeOf(value, type);
  if (typeof value === 'boolean') return type === 'boolean';
  if (typeof value === 'string') return dated.has(type) ? looksLikeDate(value) : textual.has(type);
  return isNumberOf(value, type);
};
