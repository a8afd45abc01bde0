// Which definitions does a resource have to fit? Those it claims, those asked of it, and its type. http://hl7.org/fhir/R4/profiling.html
import type { Compiled, Compiler } from './compiler.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Tree, textOf, textsOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { checkSpecial } from './special.ts';
import { texts } from './texts.ts';
import { impliedProfiles } from './vitalSigns.ts';

function claimed(resource: Tree): string[] {
  const { meta } = resource;
  return isTree(meta) ? textsOf(meta.profile) : [];
}

const bare = (url: string): string => url.split('|')[0] ?? url;

function find(run: Run, url: string): Compiled | undefined {
  return run.compiler.profile(url) ?? run.compiler.profile(bare(url));
}

/** The release that is taken for the claimed one, which is not known. */
const otherRelease = (run: Run, url: string, { profile }: Compiled): string | undefined =>
  url === bare(url) || run.compiler.profile(url) !== undefined ? undefined : profile.release;

function reportUnknown(run: Run, url: string, demanded: boolean): void {
  const { unknownProfiles } = run.policy;
  if (unknownProfiles === 'ignore' && !demanded) return;
  const severity = demanded ? 'error' : unknownProfiles === 'error' ? 'error' : 'warning';
  const text = texts.unknownProfile(url);
  report(run, { severity, code: 'not-found', rule: 'profile-unknown', profile: url, text });
}

/** The base without which a profile that states only what it changes is not whole. */
function unknownBase(run: Run, compiled: Compiled): string | undefined {
  let { profile } = compiled;
  for (let steps = 0; !profile.complete && profile.base !== undefined; steps += 1) {
    const base = run.registry.profile(run.version, profile.base);
    if (base === undefined || steps > deepest) return profile.base;
    profile = base;
  }
  return undefined;
}

/** What of a claim is checked otherwise than it says. @returns whether there is nothing of that */
function checksAsClaimed(run: Run, url: string, compiled: Compiled): boolean {
  const { unknownProfiles } = run.policy;
  const base = unknownBase(run, compiled);
  const other = otherRelease(run, url, compiled);
  const severity = unknownProfiles === 'error' ? 'error' : 'warning';
  if (base !== undefined && unknownProfiles !== 'ignore') {
    const text = texts.unknownBase(url, base);
    report(run, { severity, code: 'not-found', rule: 'profile-unknown', profile: base, text });
  }
  if (other !== undefined && unknownProfiles !== 'ignore') {
    const text = texts.otherRelease(url, other);
    report(run, { severity: 'warning', code: 'not-found', rule: 'profile-release', profile: url, text });
  }
  return base === undefined && other === undefined;
}

/** Profiles without those that another one of them is built on. */
function narrowest(run: Run, profiles: readonly Compiled[]): readonly Compiled[] {
  if (profiles.length < 2) return profiles;
  const bases = new Set(profiles.flatMap(({ profile }) => basesOf(run, profile.base)));
  return profiles.filter(({ profile }) => !bases.has(profile.url));
}

const deepest = 20;

function basesOf(run: Run, url: string | undefined): string[] {
  const bases: string[] = [];
  for (let base = url; base !== undefined && bases.length < deepest; ) {
    bases.push(base);
    base = run.registry.profile(run.version, base)?.base;
  }
  return bases;
}

/** Which profiles hold for a type and a list of claims: the same for every resource that says the same. */
const decided = new WeakMap<Compiler, Map<string, readonly Compiled[]>>();

function profilesOf(run: Run, resource: Tree, demanded: readonly string[]): readonly Compiled[] {
  const type = textOf(resource.resourceType) ?? '';
  const found = new Map<string, Compiled>();
  const byExchange = run.policy.demands?.(resource, run.version) ?? [];
  const urls = [...demanded, ...claimed(resource), ...impliedProfiles(resource, run.version), ...byExchange];
  if (urls.length === 0) return [];
  const key = `${type} ${urls.join(' ')}`;
  const known = decided.get(run.compiler)?.get(key);
  if (known !== undefined) return known;
  let whole = true;
  for (const url of new Set(urls)) {
    const compiled = find(run, url);
    if (compiled === undefined) {
      whole = false;
      reportUnknown(run, url, demanded.includes(url));
    } else if (run.model.isA(type, compiled.profile.type)) {
      whole = checksAsClaimed(run, url, compiled) && whole;
      found.set(compiled.profile.url, compiled);
    } else {
      whole = false;
      report(run, { rule: 'profile-type', text: texts.profileType(url, compiled.profile.type, type) });
    }
  }
  const profiles = narrowest(run, [...found.values()]);
  if (whole) remember(run.compiler, key, profiles);
  return profiles;
}

const remembered = 2000;

function remember(compiler: Compiler, key: string, profiles: readonly Compiled[]): void {
  const known = decided.get(compiler) ?? new Map<string, readonly Compiled[]>();
  if (known.size >= remembered) known.clear();
  known.set(key, profiles);
  decided.set(compiler, known);
}

/** Checks a resource wherever it stands: against its type, what `meta.profile` claims, and what is demanded of it. */
export function checkResource(item: Item, run: Run, demanded: readonly string[]): void {
  const resource = item.value;
  if (!isTree(resource) || typeof resource.resourceType !== 'string') return;
  const { resource: outer, root, holder, holderType } = run;
  const contained = run.path.at(-2) === 'contained' || run.path.at(-1) === 'contained';
  run.resource = { value: resource, type: resource.resourceType };
  if (!contained) run.root = run.resource;
  run.holder = run.resource.type;
  run.holderType = run.resource.type;
  const profiles = profilesOf(run, resource, demanded);
  if (profiles.length === 0) run.compiler.type(run.resource.type).check(run.resource, run);
  for (const one of profiles) one.check(run.resource, run);
  checkSpecial(run.resource, run, contained);
  run.resource = outer;
  run.root = root;
  run.holder = holder;
  run.holderType = holderType;
}
