// Which definition belongs to a canonical? The key is (FHIR version, canonical): many Dutch ones are the same in STU3 and R4.
import type { FhirVersion } from '../model.ts';
import type { CodeSystem, ValueSet } from './codes.ts';
import type { Profile, Tree } from './profile.ts';
import type { Entry, Place } from './shelf.ts';

export type Registry = {
  profile(version: FhirVersion, canonical: string): Profile | undefined;
  valueSet(version: FhirVersion, canonical: string): ValueSet | undefined;
  codeSystem(version: FhirVersion, canonical: string): CodeSystem | undefined;
  questionnaire(version: FhirVersion, canonical: string): Tree | undefined;
  /** How many definitions are known, for reports. */
  size: number;
};

const fields = (release: string | undefined): (number | string)[] =>
  (release ?? '').split(/[.-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part));

type Field = number | string | undefined;

// A release number that ends is newer than one that goes on with a word: 1.0.0 comes after 1.0.0-rc.1.
const afterEnd = (next: Field): number => (typeof next === 'string' && next !== '' ? 1 : -1);

function compareFields(x: Field, y: Field): number {
  if (x === y) return 0;
  if (x === undefined) return afterEnd(y);
  if (y === undefined) return -afterEnd(x);
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  return String(x) < String(y) ? -1 : 1;
}

/** Negative when release `a` is older than `b`. A pre-release is older than its release. */
export function compareReleases(a: string | undefined, b: string | undefined): number {
  const left = fields(a);
  const right = fields(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareFields(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

type Shelved = { place: Place; layer: number; content?: Entry['content'] };

/**
 * Makes the registry of several layers of definitions. A later layer wins over an earlier one; within a layer the newest
 * release wins. `canonical|release` finds that release, or nothing.
 */
export function createRegistry(layers: readonly (readonly Place[])[]): Registry {
  const shelves = new Map<string, Map<string, Shelved>>();
  const shelfOf = (version: FhirVersion, kind: string): Map<string, Shelved> => {
    const shelf = shelves.get(`${version} ${kind}`) ?? new Map<string, Shelved>();
    shelves.set(`${version} ${kind}`, shelf);
    return shelf;
  };
  const put = (shelf: Map<string, Shelved>, canonical: string, one: Shelved): void => {
    const present = shelf.get(canonical);
    const wins =
      present === undefined ||
      one.layer > present.layer ||
      compareReleases(present.place.release, one.place.release) <= 0;
    if (wins) shelf.set(canonical, one);
  };
  layers.forEach((places, layer) => {
    for (const place of places) {
      const shelf = shelfOf(place.version, place.kind);
      const one = { place, layer };
      put(shelf, place.url, one);
      if (place.release !== undefined) put(shelf, `${place.url}|${place.release}`, one);
    }
  });
  const finder = <T>(kind: string): ((version: FhirVersion, canonical: string) => T | undefined) => {
    const ofKind = { stu3: shelfOf('stu3', kind), r4: shelfOf('r4', kind) };
    return (version, canonical) => {
      const found = ofKind[version].get(canonical);
      if (found === undefined) return undefined;
      found.content ??= found.place.read();
      return found.content as T;
    };
  };
  return {
    profile: finder<Profile>('profile'),
    valueSet: finder<ValueSet>('valueSet'),
    codeSystem: finder<CodeSystem>('codeSystem'),
    questionnaire: finder<Tree>('questionnaire'),
    size: [...shelves.values()].reduce((sum, shelf) => sum + shelf.size, 0),
  };
}

/** A registry with further definitions that win over those of `base`. */
export function layered(base: Registry, places: readonly Place[]): Registry {
  const own = createRegistry([places]);
  return {
    profile: (version, canonical) => own.profile(version, canonical) ?? base.profile(version, canonical),
    valueSet: (version, canonical) => own.valueSet(version, canonical) ?? base.valueSet(version, canonical),
    codeSystem: (version, canonical) =>
      own.codeSystem(version, canonical) ?? base.codeSystem(version, canonical),
    questionnaire: (version, canonical) =>
      own.questionnaire(version, canonical) ?? base.questionnaire(version, canonical),
    size: own.size + base.size,
  };
}
