// May an element refer to this kind of resource, and does what it refers to fit? http://hl7.org/fhir/R4/references.html
import { referenceParts } from '../fhir/references.ts';
import type { Item } from './fhirpath/items.ts';
import { conforms, resolveItem } from './invariants.ts';
import { type ElementType, isTree, type Tree } from './profile.ts';
import { type Check, type Run, report } from './run.ts';
import { texts } from './texts.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';

type Targets = {
  label: string;
  profile: string;
  urls: readonly string[];
  /** The types that the targets are for, found at first use. */
  types: readonly (string | undefined)[] | undefined;
};

/** The type that a target profile is for; undefined when it is not known. */
function typeOfTarget(run: Run, url: string): string | undefined {
  const known =
    run.registry.profile(run.version, url) ?? run.registry.profile(run.version, url.split('|')[0] ?? '');
  if (known !== undefined) return known.type;
  return url.startsWith(base) ? url.slice(base.length) : undefined;
}

function foundType(reference: Tree, target: Item | undefined): string | undefined {
  if (target !== undefined && target.type !== '') return target.type;
  const written = reference.reference;
  const parts = typeof written === 'string' ? referenceParts(written) : undefined;
  if (parts !== undefined) return parts.type;
  const { type } = reference;
  return typeof type === 'string' && /^[A-Z][A-Za-z]+$/.test(type) ? type : undefined;
}

function typesOf(run: Run, targets: Targets): readonly (string | undefined)[] {
  targets.types ??= targets.urls.map((url) => typeOfTarget(run, url));
  return targets.types;
}

const allows = (run: Run, allowed: string | undefined, type: string): boolean =>
  allowed === undefined || run.model.isA(type, allowed);

const typeFits = (run: Run, targets: Targets, type: string): boolean =>
  typesOf(run, targets).some((allowed) => allows(run, allowed, type));

/** Target profiles are asked of what stands in the same message, and only when each of them is known. */
function profileFits(run: Run, targets: Targets, target: Item): boolean {
  const types = typesOf(run, targets);
  const urls = targets.urls.filter((_, i) => allows(run, types[i], target.type));
  return urls.some((url) => url.startsWith(base) || conforms(run, target, url) !== false);
}

/** `Patient`, or `Patient (http://…)` for a profile on it. */
function nameOf(url: string, type: string | undefined): string {
  if (url.startsWith(base)) return url.slice(base.length);
  return type === undefined ? url : `${type} (${url})`;
}

function checkTarget(item: Item, run: Run, targets: Targets): void {
  if (!isTree(item.value)) return;
  const target = resolveItem(run, item);
  const type = foundType(item.value, target);
  if (type === undefined) return;
  const { label, profile } = targets;
  const allowed = (): string[] => targets.urls.map((url, i) => nameOf(url, typesOf(run, targets)[i]));
  if (!typeFits(run, targets, type)) {
    report(run, { rule: 'reference-target', profile, text: texts.target(label, type, allowed()) });
  } else if (target !== undefined && !profileFits(run, targets, target)) {
    report(run, { rule: 'reference-profile', profile, text: texts.targetProfile(label, allowed()) });
  }
}

/** Where the target stands, in the words of the specification; undefined when nothing is referred to. */
function placeOfTarget(item: Item, run: Run): readonly string[] | undefined {
  const written = isTree(item.value) ? item.value.reference : undefined;
  if (typeof written !== 'string') return undefined;
  if (written.startsWith('#')) return ['contained'];
  // What is bundled is referred to as well.
  return resolveItem(run, item) === undefined ? ['referenced'] : ['bundled', 'referenced'];
}

function checkPlace(item: Item, run: Run, of: Pick<Targets, 'label' | 'profile'> & { kept: string[] }): void {
  const places = placeOfTarget(item, run);
  if (places === undefined || places.some((place) => of.kept.includes(place))) return;
  const { label, profile, kept } = of;
  report(run, {
    rule: 'reference-aggregation',
    profile,
    text: texts.aggregation(label, places[0] ?? '', kept),
  });
}

/** The check on what an element of type Reference may refer to, and on where that stands. */
export function targetCheck(type: ElementType, label: string, profile: string): Check | undefined {
  const urls = type.targets ?? [];
  const { kept = [] } = type;
  const any = urls.length === 0 || urls.includes(`${base}Resource`);
  if (any && kept.length === 0) return undefined;
  const targets: Targets = { label, profile, urls, types: undefined };
  return (item, run) => {
    if (!any) checkTarget(item, run, targets);
    if (kept.length > 0) checkPlace(item, run, { label, profile, kept });
  };
}
