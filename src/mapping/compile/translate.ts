// How does a code become another code? `translate(source, map, form)` over inline maps and ConceptMaps.
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { type CodeTable, type CodeTarget, lookUp } from '../codeMaps.ts';
import { type Evaluate, type Frame, firstOf } from '../fhirpath/frame.ts';
import { type Items, isLeaf, isTree, none, plain, type Tree, textOf } from '../fhirpath/values.ts';
import type { Place } from '../language/syntax.ts';
import { compact } from './dataTypes.ts';
import { tableChain } from './library.ts';
import { compileParameter, report, type Scope } from './scope.ts';
import type { Made, TransformCall } from './transforms.ts';

type Code = { system: string | undefined; code: string };

const touchLeaves = (frame: Frame, tree: Tree): void => {
  for (const key of Object.keys(tree))
    if (isLeaf(tree[key])) frame.run.reading?.touches.push({ container: tree, key, live: true });
};

/** The codes of a code, Coding, CodeableConcept, or an ADA element with code and codeSystem. */
const codesOf = (item: unknown): { code: Code; tree: Tree | undefined }[] => {
  const value = plain(item);
  if (!isTree(value)) {
    const code = textOf(value);
    return code === undefined ? [] : [{ code: { system: undefined, code }, tree: undefined }];
  }
  if (Array.isArray(value.coding)) return value.coding.flatMap(codesOf);
  const code = textOf(value.code);
  const system = textOf(value.system) ?? textOf(value.codeSystem);
  return code === undefined ? [] : [{ code: { system, code }, tree: value }];
};

const forms: Readonly<Record<string, { typeName: string; print(target: CodeTarget): unknown }>> = {
  code: { typeName: 'code', print: ({ code }) => code },
  system: { typeName: 'uri', print: ({ system }) => system },
  display: { typeName: 'string', print: ({ display }) => display },
  Coding: { typeName: 'Coding', print: ({ system, code, display }) => compact({ system, code, display }) },
  CodeableConcept: {
    typeName: 'CodeableConcept',
    print: ({ system, code, display }) => ({ coding: [compact({ system, code, display })] }),
  },
};

const stringLiteral = (expression: Expression | undefined): string | undefined =>
  expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;

type Translating = {
  value: Evaluate;
  tables: readonly CodeTable[];
  place: Place;
  print(target: CodeTarget): unknown;
};

const recordHit = (
  frame: Frame,
  hit: { name: string; code: Code; tree: Tree | undefined; target: CodeTarget },
): void => {
  const { recorder } = frame.run;
  if (!recorder) return;
  const { name, code, tree, target } = hit;
  if (tree) touchLeaves(frame, tree);
  recorder.translation = { map: name, from: code.code, to: target.code, defaulted: target.defaulted };
};

const translating = ({ value, tables, place, print }: Translating): Evaluate => {
  const name = tables[0]?.name ?? '';
  return (frame) => {
    const items = value(frame, none);
    const codes = items.length === 0 ? [] : codesOf(firstOf(frame.run, items));
    for (const { code, tree } of codes) {
      const target = lookUp(tables, code);
      if (!target) continue;
      recordHit(frame, { name, code, tree, target });
      return resultOf(print(target));
    }
    const first = codes[0];
    if (first) frame.run.recorder?.untranslated.push({ map: name, code: first.code.code, place });
    return none;
  };
};

const resultOf = (value: unknown): Items => (value === undefined ? none : [value]);

/** Compiles `translate`. A code without a translation gives nothing; coverage names it. */
export const compileTranslate = (scope: Scope, call: TransformCall): Made => {
  const [source, map, form] = call.parameters;
  const name = stringLiteral(map);
  const wanted = stringLiteral(form) ?? (form?.kind === 'member' ? form.name : 'code');
  const printer = Object.hasOwn(forms, wanted) ? forms[wanted] : undefined;
  const empty: Made = { evaluate: () => none, typeName: printer?.typeName, fresh: true };
  if (!source || name === undefined || call.parameters.length > 3) {
    report(scope, call.place, 'translate takes a source, the address of a concept map, and a form');
    return empty;
  }
  if (!printer) {
    report(scope, call.place, `translate cannot give ‘${wanted}’: ${Object.keys(forms).join(', ')}`);
    return empty;
  }
  const tables = tableChain(scope.module, scope.compiler.library, name);
  if (tables.length === 0) report(scope, call.place, `unknown concept map ${name}`);
  const evaluate = translating({
    value: compileParameter(scope, source),
    tables,
    place: call.place,
    print: printer.print,
  });
  return { evaluate, typeName: printer.typeName, fresh: true };
};
