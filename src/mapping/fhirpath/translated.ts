// What does a concept map make of a code within an expression? `code.translated('address or #name')`, a function of ours.
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { lookUp } from '../codeMaps.ts';
import type { Names } from './callables.ts';
import type { Evaluate } from './frame.ts';
import { textOf } from './values.ts';

/** Compiles the call; a code without a translation gives nothing. */
export const translated = (
  expression: Expression & { kind: 'call' },
  names: Names,
  base: Evaluate,
): Evaluate => {
  const [address, ...others] = expression.parameters;
  const name = address?.kind === 'literal' && typeof address.value === 'string' ? address.value : undefined;
  if (name === undefined || others.length > 0)
    names.fault('translated() takes the address of a concept map, in quotes', expression);
  const tables = name === undefined ? [] : names.tables(name);
  if (name !== undefined && tables.length === 0) names.fault(`unknown concept map ${name}`, expression);
  return (frame, focus) =>
    base(frame, focus).flatMap((item) => {
      const code = textOf(item);
      const found = code === undefined ? undefined : lookUp(tables, { system: undefined, code });
      return found ? [found.code] : [];
    });
};
