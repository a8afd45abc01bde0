// What of a StructureDefinition is needed to check content? http://hl7.org/fhir/R4/structuredefinition.html
import type { FhirVersion } from '../model.ts';
import {
  type Binding,
  type Constraint,
  choiceOf,
  type ElementType,
  isTree,
  type Profile,
  type ProfileElement,
  type Slicing,
  type Tree,
  textOf,
  textsOf,
  treesOf,
} from './profile.ts';

const extensionOf = (tree: Tree, url: string): Tree | undefined =>
  treesOf(tree.extension).find((one) => one.url === url);

const known = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T => {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as T;
};

const systemTypes = 'http://hl7.org/fhirpath/System.';

const joined = (old: string[] = [], added: readonly string[] = []): string[] | undefined =>
  old.length + added.length === 0 ? undefined : [...new Set([...old, ...added])];

function typesOf(element: Tree): ElementType[] | undefined {
  const types = new Map<string, ElementType>();
  for (const type of treesOf(element.type)) {
    const written = textOf(type.code) ?? 'string';
    const code = written.startsWith(systemTypes) ? 'System' : written;
    const old = types.get(code);
    // STU3 writes the profile of a reference in `profile` too when it means the Reference itself: kept as it is.
    const entry = known<ElementType>({
      code,
      profiles: joined(old?.profiles, textsOf(type.profile)),
      targets: joined(old?.targets, textsOf(type.targetProfile)),
      kept: joined(old?.kept, textsOf(type.aggregation)),
    });
    types.set(code, entry);
  }
  return types.size === 0 ? undefined : [...types.values()];
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

const referenced = (value: unknown): string | undefined =>
  textOf(value) ?? (isTree(value) ? textOf(value.reference) : undefined);

function bindingOf(element: Tree): Binding | undefined {
  const binding = element.binding;
  if (!isTree(binding)) return undefined;
  const max = extensionOf(binding, maxValueSet);
  return known<Binding>({
    strength: textOf(binding.strength) ?? 'example',
    valueSet: referenced(binding.valueSet ?? binding.valueSetUri ?? binding.valueSetReference),
    max: max === undefined ? undefined : referenced(choiceOf(max, 'value')),
  });
}

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';
// Held by the structure check itself, for every element of every type.
const structural = new Set([
  'ele-1',
  'ext-1',
  'xhtml-1',
  'dom-1',
  'dom-2',
  'dom-3',
  'dom-4',
  'dom-5',
  'ref-1',
]);

function constraintsOf(element: Tree): Constraint[] | undefined {
  const constraints = treesOf(element.constraint).flatMap((one): Constraint[] => {
    const key = textOf(one.key);
    const expression = textOf(one.expression);
    if (key === undefined || expression === undefined || structural.has(key)) return [];
    const best = extensionOf(one, bestPractice);
    return [
      known<Constraint>({
        key,
        severity: one.severity === 'warning' ? 'warning' : 'error',
        expression,
        human: textOf(one.human),
        bestPractice: best === undefined ? undefined : true,
      }),
    ];
  });
  return constraints.length === 0 ? undefined : constraints;
}

function slicingOf(element: Tree): Slicing | undefined {
  const slicing = element.slicing;
  if (!isTree(slicing)) return undefined;
  const discriminators = treesOf(slicing.discriminator).map((one) => ({
    type: textOf(one.type) ?? 'value',
    path: textOf(one.path) ?? '$this',
  }));
  return known<Slicing>({
    rules: textOf(slicing.rules) ?? 'open',
    ordered: slicing.ordered === true ? true : undefined,
    discriminators,
  });
}

function maxOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  return value === '*' ? -1 : Number(value);
}

/** One ElementDefinition, condensed. */
export function condenseElement(element: Tree): ProfileElement {
  const path = textOf(element.path) ?? '';
  return known<ProfileElement>({
    id: textOf(element.id) ?? path,
    path,
    min: typeof element.min === 'number' ? element.min : undefined,
    max: maxOf(element.max),
    types: typesOf(element),
    fixed: choiceOf(element, 'fixed'),
    pattern: choiceOf(element, 'pattern'),
    binding: bindingOf(element),
    constraints: constraintsOf(element),
    slicing: slicingOf(element),
    sliceName: textOf(element.sliceName),
    contentReference: textOf(element.contentReference),
    least: choiceOf(element, 'minValue'),
    most: choiceOf(element, 'maxValue'),
    maxLength: typeof element.maxLength === 'number' ? element.maxLength : undefined,
    modifier: element.isModifier === true ? true : undefined,
  });
}

const contextsOf = (definition: Tree): string[] | undefined => {
  const written = definition.context;
  if (!Array.isArray(written)) return undefined;
  const type = textOf(definition.contextType);
  return written.map((one) => {
    if (typeof one === 'string') return `${type === 'extension' ? 'extension' : 'element'}:${one}`;
    return isTree(one) ? `${textOf(one.type)}:${textOf(one.expression)}` : '';
  });
};

/** Condenses a StructureDefinition; undefined when it has no elements or no address. */
export function condense(definition: Tree, version: FhirVersion): Profile | undefined {
  const url = textOf(definition.url);
  const snapshot = isTree(definition.snapshot) ? treesOf(definition.snapshot.element) : [];
  const differential = isTree(definition.differential) ? treesOf(definition.differential.element) : [];
  const complete = snapshot.length > 0;
  if (url === undefined || (!complete && definition.baseDefinition === undefined)) return undefined;
  return known<Profile>({
    version,
    url,
    release: textOf(definition.version),
    name: textOf(definition.name) ?? url,
    type: textOf(definition.type) ?? '',
    kind: textOf(definition.kind) ?? '',
    abstract: definition.abstract === true,
    base: textOf(definition.baseDefinition),
    constrains: definition.derivation === 'constraint',
    complete,
    elements: (complete ? snapshot : differential).map(condenseElement),
    contexts: contextsOf(definition),
  });
}
