// What does an element hold when its definition does not unfold it: its type, a resource, an extension, a part of its own type?
import { childrenCheck } from './children.ts';
import type { Compiler } from './compiler.ts';
import { elementRule } from './elementRules.ts';
import { checkExtension } from './extensions.ts';
import { invariantCheck } from './invariants.ts';
import { isTree } from './profile.ts';
import type { Node } from './profileTree.ts';
import { checkResource } from './resources.ts';
import type { Check } from './run.ts';

/** The check of what an element holds. */
export function contentCheck(compiler: Compiler, node: Node): Check {
  const modifier = node.name === 'modifierExtension';
  // Nearly always the same type: a choice alone has several.
  let last: { type: string; check: Check } | undefined;
  const checkOf = (type: string): Check => {
    if (last?.type !== type)
      last = { type, check: type.includes('.') ? nestedCheck(compiler, type) : compiler.type(type).check };
    return last.check;
  };
  return (item, run) => {
    const { value, type, extra } = item;
    if (isTree(extra) && Array.isArray(extra.extension)) {
      compiler.type('Element').check({ value: extra, type: 'Element' }, run);
    }
    if (!isTree(value)) return;
    if (type === 'Extension') {
      checkExtension(item, run, {
        modifier,
        nested:
          node.parent?.element.path.endsWith('xtension') === true || run.holder.startsWith('Extension.'),
      });
    } else if (typeof value.resourceType === 'string') {
      checkResource(item, run, []);
    } else {
      checkOf(type)(item, run);
    }
  };
}

const nested = new WeakMap<Compiler, Map<string, Check>>();

/** The check of an element that is defined elsewhere in the type: `Questionnaire.item` inside itself. */
function nestedCheck(compiler: Compiler, path: string): Check {
  let known = nested.get(compiler);
  if (known === undefined) {
    known = new Map();
    nested.set(compiler, known);
  }
  let check = known.get(path);
  if (check === undefined) {
    check = findNested(compiler, path);
    known.set(path, check);
  }
  return check;
}

function findNested(compiler: Compiler, path: string): Check {
  const [type = '', ...names] = path.split('.');
  const { profile, tree } = compiler.type(type);
  let node: Node | undefined = tree;
  for (const name of names) node = node?.children.find((one) => one.name === name);
  if (node === undefined || node.children.length === 0) return () => {};
  const rules = node.children.map((one) => elementRule(compiler, profile, one));
  const children = childrenCheck(compiler.version, path, rules);
  // What is repeated elsewhere in the type brings its invariants along.
  const invariants = (node.element.constraints ?? []).map((one) => invariantCheck(one, profile.url));
  return (item, run) => {
    for (const check of invariants) check(item, run);
    children(item, run);
  };
}
