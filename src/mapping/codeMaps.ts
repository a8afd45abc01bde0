// What does a code become? Inline concept maps and ConceptMap resources, both versions: https://hl7.org/fhir/R4/conceptmap.html
import { isTree, type Tree } from './fhirpath/values.ts';
import type { CodeMap } from './language/syntax.ts';

export type CodeTarget = { system: string; code: string; display?: string; defaulted: boolean };

/** Finds the target of a code; `system` may be unknown. */
export type CodeTable = {
  name: string;
  find(system: string | undefined, code: string): CodeTarget | undefined;
  /** The address of the map to ask next. */
  otherMap: string | undefined;
};

type Row = { system: string; code: string; target: CodeTarget };
type Unmapped = CodeMap['unmapped'][number];

const unmappedTarget = (rule: Unmapped, system: string | undefined, code: string): CodeTarget | undefined => {
  if (rule.mode === 'provided') return { system: rule.targetSystem ?? system ?? '', code, defaulted: true };
  if (rule.mode !== 'fixed' || rule.value === undefined) return undefined;
  return { system: rule.targetSystem ?? '', code: rule.value, defaulted: true };
};

const tableOf = (name: string, rows: readonly Row[], unmapped: readonly Unmapped[]): CodeTable => {
  const bySystem = new Map<string, CodeTarget>();
  const byCode = new Map<string, CodeTarget>();
  for (const { system, code, target } of rows) {
    const key = `${system}|${code}`;
    if (!bySystem.has(key)) bySystem.set(key, target);
    if (!byCode.has(code)) byCode.set(code, target);
  }
  const find: CodeTable['find'] = (system, code) => {
    const found =
      system === undefined
        ? byCode.get(code)
        : (bySystem.get(`${system}|${code}`) ?? bySystem.get(`|${code}`));
    if (found) return found;
    const rule = unmapped.find((one) => one.system === '' || system === undefined || one.system === system);
    return rule && unmappedTarget(rule, system, code);
  };
  return { name, find, otherMap: unmapped.find((one) => one.mode === 'other-map')?.value };
};

/** The target of a code in the first table that has it. */
export const lookUp = (
  tables: readonly CodeTable[],
  { system, code }: { system: string | undefined; code: string },
): CodeTarget | undefined => {
  for (const table of tables) {
    const found = table.find(system, code);
    if (found) return found;
  }
  return undefined;
};

/** An inline concept map, ready for look-up. */
export const tableOfCodeMap = (map: CodeMap): CodeTable => {
  const rows = map.pairs
    .filter((pair) => pair.equivalence !== 'disjoint')
    .map((pair) => ({
      system: pair.sourceSystem,
      code: pair.source,
      target: { system: pair.targetSystem, code: pair.target, defaulted: false },
    }));
  return tableOf(map.name, rows, map.unmapped);
};

const list = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const rowsOfGroup = (group: Tree): Row[] =>
  list(group.element).flatMap((element) =>
    list(element.target)
      .filter(
        (target) =>
          target.code !== undefined && !['disjoint', 'unmatched'].includes(text(target.equivalence)),
      )
      .map((target) => ({
        system: text(group.source),
        code: text(element.code),
        target: {
          system: text(group.target),
          code: text(target.code),
          ...(typeof target.display === 'string' ? { display: target.display } : {}),
          defaulted: false,
        },
      })),
  );

const unmappedOfGroup = (group: Tree): Unmapped[] => {
  if (!isTree(group.unmapped)) return [];
  const { mode, code, url } = group.unmapped;
  const system = text(group.source);
  const targetSystem = text(group.target);
  if (mode === 'provided') return [{ system, mode, targetSystem }];
  if (mode === 'fixed') return [{ system, mode, value: text(code), targetSystem }];
  return mode === 'other-map' ? [{ system, mode, value: text(url) }] : [];
};

/** A ConceptMap resource (STU3 or R4), ready for look-up. */
export const tableOfResource = (resource: Tree): CodeTable => {
  const groups = list(resource.group);
  return tableOf(text(resource.url), groups.flatMap(rowsOfGroup), groups.flatMap(unmappedOfGroup));
};
