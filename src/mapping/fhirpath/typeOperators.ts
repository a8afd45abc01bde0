// What do is, as and ofType do? http://hl7.org/fhirpath/N1/#types
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { type Evaluate, pick } from './frame.ts';
import { isOfType } from './typeTest.ts';
import { none } from './values.ts';

/** The type that a parameter names; undefined for another expression. */
export const typeName = (expression: Expression | undefined): string | undefined => {
  if (expression?.kind !== 'member') return undefined;
  const base = expression.base ? typeName(expression.base) : '';
  if (base === undefined) return undefined;
  return base === '' || base === 'FHIR' || base === 'System' ? expression.name : `${base}.${expression.name}`;
};

/** The items that are of a type. */
export const narrowed =
  (base: Evaluate, type: string): Evaluate =>
  (frame, focus) => {
    const items = base(frame, focus);
    const indices = items.flatMap((item, index) => (isOfType(item, type) ? [index] : []));
    return indices.length === items.length ? items : pick(frame.run, items, indices);
  };

/** Whether the one item is of a type. */
export const tested =
  (base: Evaluate, type: string): Evaluate =>
  (frame, focus) => {
    const items = base(frame, focus);
    return items.length === 1 ? [isOfType(items[0], type)] : none;
  };
