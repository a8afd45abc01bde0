// What do the functions answer that FHIR adds to FHIRPath? http://hl7.org/fhir/R4/fhirpath.html#functions
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import type { Step } from './compile.ts';
import type { FunctionMaker } from './functions.ts';
import {
  bool,
  type Collection,
  childrenOf,
  type Item,
  isTree,
  type Model,
  none,
  pushChildren,
} from './items.ts';
import { systemType } from './systemType.ts';

function typeName(tree: Expression | undefined): string {
  if (tree?.kind === 'member') return systemType(tree.name);
  if (tree?.kind !== 'literal' || tree.literal !== 'string')
    throw new SyntaxError('a type name was expected');
  return systemType(String(tree.value));
}

const ofType: FunctionMaker = ({ trees }) => {
  const type = typeName(trees[0]);
  return (input, scope) => input.filter((item) => scope.around.model.isA(item.type, type));
};

function descendants(input: Collection, model: Model): Item[] {
  const found: Item[] = [];
  const walk = (items: Collection): void => {
    for (const item of items) {
      const children = childrenOf(item, model);
      for (const child of children) found.push(child);
      walk(children);
    }
  };
  walk(input);
  return found;
}

const argumentText = (args: readonly Step[], at: Parameters<Step>): string | undefined => {
  const value = args[0]?.(at[1].self, at[1])[0]?.value;
  return typeof value === 'string' ? value : undefined;
};

const decided = (answer: boolean | undefined): Collection => (answer === undefined ? none : bool(answer));

const hasValue = (item: Item | undefined): boolean =>
  item !== undefined && item.value !== undefined && item.value !== null && !isTree(item.value);

const htmlChecks: FunctionMaker = () => (input, scope) =>
  bool(input.every((item) => typeof item.value !== 'string' || scope.around.htmlChecks(item.value)));

export const fhirFunctions: Readonly<Record<string, FunctionMaker>> = {
  ofType,
  as: ofType,
  is: ({ trees }) => {
    const type = typeName(trees[0]);
    return (input, scope) =>
      input[0] === undefined ? none : bool(scope.around.model.isA(input[0].type, type));
  },
  children: () => (input, scope) => input.flatMap((item) => childrenOf(item, scope.around.model)),
  descendants: () => (input, scope) => descendants(input, scope.around.model),
  hasValue: () => (input) => bool(input.length === 1 && hasValue(input[0])),
  getValue: () => (input) => (hasValue(input[0]) ? input.slice(0, 1) : none),
  extension:
    ({ args }) =>
    (input, scope) => {
      const url = argumentText(args, [input, scope]);
      const found: Item[] = [];
      const asked = { name: 'extension', model: scope.around.model };
      for (const item of input) pushChildren(found, item, asked);
      return found.filter((item) => isTree(item.value) && item.value.url === url);
    },
  resolve: () => (input, scope) => input.flatMap((item) => scope.around.resolve(item) ?? []),
  memberOf:
    ({ args }) =>
    (input, scope) => {
      const [first] = input;
      const valueSet = argumentText(args, [input, scope]);
      if (first === undefined || valueSet === undefined) return none;
      return decided(scope.around.memberOf(first, valueSet));
    },
  conformsTo:
    ({ args }) =>
    (input, scope) => {
      const [first] = input;
      const profile = argumentText(args, [input, scope]);
      if (first === undefined || profile === undefined) return none;
      return decided(scope.around.conformsTo(first, profile));
    },
  htmlChecks,
  // as STU3 writes it
  htmlchecks: htmlChecks,
  now: () => () => [{ value: new Date().toISOString(), type: 'dateTime' }],
  today: () => () => [{ value: new Date().toISOString().slice(0, 10), type: 'date' }],
  timeOfDay: () => () => [{ value: new Date().toISOString().slice(11, 23), type: 'time' }],
  subsumes: () => () => none,
  subsumedBy: () => () => none,
  elementDefinition: () => () => none,
  slice: () => () => none,
  checkModifiers: () => (input) => input,
};
