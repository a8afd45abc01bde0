// How does a value get into an element of the target? Choice of type, coercion, lists, and the record of the write.
import type { Property } from '../../fhir/definitions.ts';
import { coerce } from '../coerce.ts';
import type { Field } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import type { Frame, Touch } from '../fhirpath/frame.ts';
import { isOfType } from '../fhirpath/typeTest.ts';
import { isLeaf, isTree, plain, type Tree, Typed } from '../fhirpath/values.ts';
import type { Place, TargetMode } from '../language/syntax.ts';
import { recordWrite } from '../record.ts';
import { Cell, clearOtherTypes, companionOf, copy, putInList, putUntyped } from '../target.ts';
import { convertExtensions } from './primitiveExtensions.ts';

/** One element of the target as a rule writes it. */
export type Site = {
  name: string;
  /** Undefined where the target has no known type. */
  field: Field | undefined;
  /** The property when its type is known before the run. */
  property: Property | undefined;
  mode: TargetMode | undefined;
  rule: string | undefined;
  place: Place;
};

export type Put = { container: Tree; item: unknown; fresh: boolean; touches: readonly Touch[] };

const preferred = ['string', 'code', 'uri', 'dateTime', 'date', 'integer', 'decimal', 'boolean', 'Quantity'];

const rank = ({ type }: Property): number => {
  const index = preferred.indexOf(type);
  return index < 0 ? preferred.length : index;
};

/** Which property of a choice a value belongs in. @throws RunFault when none takes it */
const propertyFor = (field: Field, item: unknown): Property => {
  const named = item instanceof Typed ? item.type : undefined;
  const exact = field.options.find((option) => option.type === named);
  if (exact) return exact;
  const fitting = field.options.filter((option) => isOfType(plain(item), option.type));
  const found = fitting.sort((a, b) => rank(a) - rank(b))[0];
  if (found) return found;
  const types = field.options.map((option) => option.type).join(', ');
  throw new RunFault(`${field.stem}[x] takes ${types}; the value is none of these`, {
    kind: 'fault',
    reason: 'map-type',
    value: plain(item),
  });
};

const formed = (frame: Frame, property: Property, put: Put): unknown => {
  const value = plain(put.item);
  if (property.kind === 'primitive' || property.kind === 'xhtml') {
    if (value === undefined) return null;
    return coerce(value, property.type);
  }
  if (!isTree(value))
    throw new RunFault(`${property.name} is a ${property.type}; the value is a primitive`, {
      kind: 'fault',
      reason: 'map-type',
      value,
    });
  return put.fresh ? value : copy(frame.run, value);
};

const record = (
  frame: Frame,
  at: { container: object; key: string | number },
  from: { site: Site; put: Put },
): void => {
  const { recorder } = frame.run;
  if (!recorder) return;
  const { site, put } = from;
  const value = plain(put.item);
  recordWrite(recorder, at, {
    touches: put.touches,
    place: site.place,
    rule: site.rule,
    translation: recorder.translation,
    copyOf: !put.fresh && isTree(value) ? value : undefined,
  });
};

const listOf = (container: Tree, key: string): object => {
  const list = container[key];
  return Array.isArray(list) ? list : container;
};

/** Writes what stands beside a primitive: its id and extensions. */
const putExtra = (frame: Frame, cell: Cell, from: { site: Site; put: Put; extra: Tree }): void => {
  const companion = companionOf(cell);
  if (convertExtensions(frame.run, from.extra, companion)) return;
  Object.assign(companion, copy(frame.run, from.extra));
  if (!frame.run.recorder) return;
  const { container, key, index } = cell;
  const at =
    index === undefined
      ? { container, key: `_${key}` }
      : { container: listOf(container, `_${key}`), key: index };
  record(frame, at, { site: from.site, put: { ...from.put, item: from.extra } });
};

/** Puts one value into a typed element. @returns the value, or the place of a primitive */
const putTyped = (frame: Frame, site: Site, { field, put }: { field: Field; put: Put }): unknown => {
  const property = site.property ?? propertyFor(field, put.item);
  const { container } = put;
  const key = property.name;
  const value = formed(frame, property, put);
  clearOtherTypes(container, property);
  let index: number | undefined;
  if (property.list) {
    index = putInList(container, key, { item: value, mode: site.mode });
    record(frame, { container: listOf(container, key), key: index }, { site, put });
  } else {
    if (value !== null) container[key] = value;
    record(frame, { container, key }, { site, put });
  }
  if (property.kind !== 'primitive') return value;
  const cell = new Cell(container, key, { index, type: property.type });
  if (put.item instanceof Typed && put.item.extra)
    putExtra(frame, cell, { site, put, extra: put.item.extra });
  return cell;
};

/** Puts one value into an element. @returns the value as it stands in the target, or the place of a primitive */
export const putValue = (frame: Frame, site: Site, put: Put): unknown => {
  if (site.field) return putTyped(frame, site, { field: site.field, put });
  const value = plain(put.item);
  const stored = put.fresh || isLeaf(value) ? value : copy(frame.run, value);
  const index = putUntyped(put.container, site.name, stored);
  const at = {
    container: index === undefined ? put.container : listOf(put.container, site.name),
    key: index ?? site.name,
  };
  record(frame, at, { site, put });
  return stored;
};
