// Which rules of the base types do the element tables not tell?
import type { TypeDefinition } from './definitions.ts';
import { isReferenceText } from './references.ts';
import { report, reportAt, type Tree, type Walk } from './shapeWalk.ts';

type Rule = (walk: Walk, object: Tree) => void;

function checkReference(walk: Walk, { reference }: Tree): void {
  if (typeof reference === 'string' && !isReferenceText(reference)) reportAt(walk, 'reference', 'reference');
}

/** ext-1: a value or extensions, never both, never neither. */
function checkExtension(walk: Walk, object: Tree): void {
  let hasValue = false;
  for (const key in object) hasValue ||= key.startsWith('value') || key.startsWith('_value');
  if (hasValue === (object.extension !== undefined)) report(walk, 'extension');
}

/** A Binary is also served as its bytes, so here the padding counts. */
function checkBinary(walk: Walk, object: Tree): void {
  for (const name of ['content', 'data']) {
    const text = object[name];
    if (typeof text === 'string' && text.replace(/\s/g, '').length % 4 !== 0) reportAt(walk, 'base64', name);
  }
}

const rules: ReadonlyMap<string, Rule> = new Map([
  ['Reference', checkReference],
  ['Extension', checkExtension],
  ['Binary', checkBinary],
]);

/** Applies the rule of one type, if it has one, to an object of that type. */
export function checkSpecial(walk: Walk, type: TypeDefinition, object: Tree): void {
  rules.get(type.name)?.(walk, object);
}
