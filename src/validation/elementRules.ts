// What does a definition ask of one element? Its value, binding, targets, invariants, content and slices, as functions.
import { bindingChecks } from './bindings.ts';
import { childrenCheck } from './children.ts';
import type { Compiler } from './compiler.ts';
import { contentCheck } from './contents.ts';
import type { Item } from './fhirpath/items.ts';
import { conforms, invariantCheck } from './invariants.ts';
import type { ElementType, Profile } from './profile.ts';
import { isTree } from './profile.ts';
import type { Node } from './profileTree.ts';
import { targetCheck } from './referenceTargets.ts';
import { type Check, report } from './run.ts';
import { slicesCheck } from './slicing.ts';
import type { ElementRule } from './slots.ts';
import { byDataType } from './special.ts';
import { texts } from './texts.ts';
import { valueChecks } from './values.ts';

const backbone = new Set(['BackboneElement', 'Element']);
const resources = new Set(['Resource', 'DomainResource']);
const canonicalName = /[^/]+$/;

const typeName = (code: string): string => canonicalName.exec(code)?.[0] ?? code;

/** How an element is named in messages: `Composition.section:administrativeData.entry`. */
function labelOf({ parent, name, element }: Node): string {
  if (parent === undefined) return name;
  const slice = element.sliceName === undefined ? '' : `:${element.sliceName}`;
  return `${labelOf(parent)}.${name}${slice}`;
}

function typeCheck(node: Node, profile: Profile): Check | undefined {
  const types = node.element.types ?? [];
  const codes = types.map((type) => typeName(type.code));
  if (codes.length === 0 || codes.some((code) => code === 'System' || code === '*' || resources.has(code)))
    return undefined;
  if (codes.length === 1 && backbone.has(codes[0] ?? '')) return undefined;
  const choice = node.name.endsWith('[x]') || codes.some((code) => /^[A-Z]/.test(code));
  if (!choice) return undefined;
  const [only] = codes;
  return (item, run) => {
    const found =
      isTree(item.value) && typeof item.value.resourceType === 'string' ? item.value.resourceType : item.type;
    if (
      found === only ||
      found === '' ||
      codes.some((code) => run.model.isA(found, code) || found.startsWith(`${code}.`))
    )
      return;
    if (found.includes('.')) return;
    report(run, { rule: 'type', profile: profile.url, text: texts.type(labelOf(node), found, codes) });
  };
}

function profiledCheck(type: ElementType, node: Node, profile: Profile): Check | undefined {
  const urls = type.profiles ?? [];
  const [only] = urls;
  const code = typeName(type.code);
  if (only === undefined || code === 'Extension') return undefined;
  const ofType = (item: Item): boolean =>
    item.type === code || (isTree(item.value) && typeof item.value.resourceType === 'string');
  if (urls.length === 1) {
    return (item, run) => {
      const compiled = ofType(item) ? run.compiler.profile(only) : undefined;
      if (compiled !== undefined && item.value !== undefined) run.compiler.checkAs(item, compiled, run);
    };
  }
  return (item, run) => {
    if (!ofType(item) || urls.some((url) => conforms(run, item, url) !== false)) return;
    report(run, {
      rule: 'type-profile',
      profile: profile.url,
      text: texts.targetProfile(labelOf(node), urls),
    });
  };
}

function elementChildren(compiler: Compiler, profile: Profile, node: Node): Check | undefined {
  if (node.children.length === 0) return undefined;
  let checks: Map<string, Check> | undefined;
  return (item, run) => {
    checks ??= new Map();
    const type = isTree(item.value) ? item.type : 'Element';
    let check = checks.get(type);
    if (check === undefined) {
      check = childrenCheck(
        compiler.version,
        type,
        node.children.map((one) => elementRule(compiler, profile, one)),
      );
      checks.set(type, check);
    }
    check(type === 'Element' ? { value: isTree(item.extra) ? item.extra : {}, type } : item, run);
  };
}

const element = (node: Node): string => typeName(node.element.types?.[0]?.code ?? '');

function invariantsOf(compiler: Compiler, profile: Profile, node: Node): Check[] {
  const [type] = node.element.types ?? [];
  const repeated =
    type === undefined || node.element.types?.length !== 1 ? undefined : compiler.type(type.code);
  return (node.element.constraints ?? [])
    .filter((one) => repeated?.rootKeys.has(one.key) !== true)
    .map((one) => invariantCheck(one, profile.url));
}

/** Invariants of the data type itself, when the definition unfolds the element and so does not walk the type. */
const rootInvariants =
  (compiler: Compiler): Check =>
  (item, run) => {
    if (!isTree(item.value) || item.type.includes('.')) return;
    for (const check of compiler.type(item.type).rootChecks) check(item, run);
  };

function typeChecks(node: Node, profile: Profile): Check[] {
  const label = labelOf(node);
  return (node.element.types ?? []).flatMap((type): Check[] => {
    const { code } = type;
    const target = code === 'Reference' ? targetCheck(type, label, profile.url) : undefined;
    const profiled = profiledCheck(type, node, profile);
    const special = /^[a-z]/.test(code) ? byDataType[code] : undefined;
    const checks: Check[] = profiled === undefined ? [] : [profiled];
    if (target !== undefined) checks.push((item, run) => item.type === 'Reference' && target(item, run));
    if (special !== undefined) checks.push((item, run) => item.type === code && special(item, run));
    return checks;
  });
}

function checksOf(compiler: Compiler, profile: Profile, node: Node): Check[] {
  const label = labelOf(node);
  const { element } = node;
  const own = typeCheck(node, profile);
  const checks: Check[] = own === undefined ? [] : [own];
  checks.push(...valueChecks({ element, label, profile: profile.url }));
  if (element.binding !== undefined) checks.push(...bindingChecks(element.binding, label, profile.url));
  checks.push(...typeChecks(node, profile), ...invariantsOf(compiler, profile, node));
  return checks;
}

const isDemanded = ({ element: { min = 0 }, slices }: Node): boolean => min > 0 || slices.some(isDemanded);

/** The rule of one element or slice. Children are compiled at first use, since types refer to each other. */
export function elementRule(compiler: Compiler, profile: Profile, node: Node): ElementRule {
  const checks = checksOf(compiler, profile, node);
  const children = elementChildren(compiler, profile, node);
  // Each extension is checked once, by its address, as an item of the list.
  const listed = node.element.sliceName !== undefined && element(node) === 'Extension';
  if (children !== undefined) checks.push(rootInvariants(compiler));
  const content = children ?? (listed ? undefined : contentCheck(compiler, node));
  const { min = 0, max = -1 } = node.element;
  const rule: ElementRule = {
    name: node.name,
    label: labelOf(node),
    profile: profile.url,
    min,
    max,
    checks,
    content,
    askedWhenAbsent: node.slices.some(isDemanded),
    askedBeside: node.children.some(isDemanded),
  };
  if (node.slices.length === 0) return rule;
  return { ...rule, slices: slicesCheck({ compiler, profile, node, rule }) };
}
