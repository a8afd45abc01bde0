// How does a profile become functions? Each definition is compiled once, when it is first needed.
import { typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import { childrenCheck } from './children.ts';
import { elementRule } from './elementRules.ts';
import type { Item } from './fhirpath/items.ts';
import { invariantCheck } from './invariants.ts';
import type { Constraint, Profile } from './profile.ts';
import type { Node } from './profileTree.ts';
import type { Registry } from './registry.ts';
import { checkResource } from './resources.ts';
import type { Check, Run } from './run.ts';
import type { ElementRule } from './slots.ts';
import { treeFor } from './snapshot.ts';
import { byDataType } from './special.ts';

/** A compiled definition: all of it, and only the invariants of its root. */
export type Compiled = {
  profile: Profile;
  tree: Node;
  check: Check;
  rootChecks: readonly Check[];
  /** Keys of the invariants at its root, which elements of this type need not repeat. */
  rootKeys: ReadonlySet<string>;
};

export type Compiler = {
  version: FhirVersion;
  /** Undefined when the profile is not known. */
  profile(canonical: string): Compiled | undefined;
  /** The definition of a base type; one that checks nothing when the version has no such type. */
  type(name: string): Compiled;
  /** Checks an item against a compiled profile, as resource or as data type. */
  checkAs(item: Item, compiled: Compiled, run: Run): void;
};

const base = 'http://hl7.org/fhir/StructureDefinition/';

const nothing = (name: string): Compiled => {
  const profile: Profile = {
    version: 'r4',
    url: `${base}${name}`,
    name,
    type: name,
    kind: 'complex-type',
    abstract: false,
    constrains: false,
    complete: true,
    elements: [{ id: name, path: name }],
  };
  const tree: Node = { element: { id: name, path: name }, name, children: [], slices: [], parent: undefined };
  return { profile, tree, check: () => {}, rootChecks: [], rootKeys: new Set() };
};

const keysOf = (constraints: readonly Constraint[] | undefined): Set<string> =>
  new Set((constraints ?? []).map((one) => one.key));

function compileProfile(compiler: Compiler, profile: Profile, tree: Node): Compiled {
  let children: Check | undefined;
  const special = profile.constrains ? undefined : byDataType[profile.type];
  const rootChecks = (tree.element.constraints ?? []).map((one) => invariantCheck(one, profile.url));
  if (special !== undefined) rootChecks.push(special);
  const check: Check = (item, run) => {
    if (children === undefined) {
      const rules: ElementRule[] = tree.children.map((node) => elementRule(compiler, profile, node));
      children = childrenCheck(compiler.version, tree.element.path, rules);
    }
    for (const one of rootChecks) one(item, run);
    children(item, run);
  };
  return { profile, tree, check, rootChecks, rootKeys: keysOf(tree.element.constraints) };
}

/** A compiler over the definitions of one FHIR version. */
export function createCompiler(registry: Registry, version: FhirVersion): Compiler {
  const compiled = new Map<string, Compiled | undefined>();
  const types = new Map<string, Compiled>();
  const compiler: Compiler = {
    version,
    profile(canonical) {
      const known = compiled.get(canonical);
      if (known !== undefined || compiled.has(canonical)) return known;
      const profile = registry.profile(version, canonical);
      // What content claims and nobody knows is not kept.
      if (profile === undefined) return undefined;
      const tree = treeFor(profile, registry);
      const result = tree === undefined ? undefined : compileProfile(compiler, profile, tree);
      compiled.set(canonical, result);
      return result;
    },
    type(name) {
      let found = types.get(name);
      if (found === undefined) {
        found = compiler.profile(`${base}${name}`) ?? nothing(name);
        types.set(name, found);
      }
      return found;
    },
    checkAs(item, one, run) {
      if (typeOf(version, one.profile.type)?.kind === 'resource') checkResource(item, run, [one.profile.url]);
      else one.check(item, run);
    },
  };
  return compiler;
}
