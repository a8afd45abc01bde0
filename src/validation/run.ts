// What does one validation carry along? The place in the content, what surrounds it, and what was found.
import type { FhirVersion, Issue, Language } from '../model.ts';
import type { Budget } from './budget.ts';
import type { Compiler } from './compiler.ts';
import type { Surroundings } from './fhirpath/compile.ts';
import type { Item, Model } from './fhirpath/items.ts';
import type { Tree } from './profile.ts';
import type { Registry } from './registry.ts';
import type { Terminology } from './terminology.ts';

export type Finding = Issue;

export type Policy = {
  /** What an extension is whose definition is not known; a modifier extension is always an error. */
  unknownExtensions: 'error' | 'warning' | 'ignore';
  /** What a profile is that content claims and that is not known. */
  unknownProfiles: 'error' | 'warning' | 'ignore';
  /** What a code is that its (complete, local) code system does not have. */
  unknownCodes: 'error' | 'warning' | 'ignore';
  /** What a reference is to a contained resource or Bundle entry that is not there. */
  danglingReferences: 'error' | 'warning';
  /** Profiles that hold for a resource, wherever it stands, though it may not claim them. */
  demands?: (resource: Tree, version: FhirVersion) => readonly string[];
  /** Own rules (src/validation/ownRules.ts) that are switched off, by id. */
  rulesOff: ReadonlySet<string>;
};

/** Finds resources by reference within the message; see bundleIndex.ts. */
export type Resolver = (reference: string, from: Tree) => Tree | undefined;

type Around = { -readonly [K in keyof Surroundings]: Surroundings[K] };

export type Run = {
  version: FhirVersion;
  registry: Registry;
  compiler: Compiler;
  terminology: Terminology;
  model: Model;
  policy: Policy;
  findings: Finding[];
  path: (string | number)[];
  /** The resource that holds the current element, and the one that contains that resource. */
  resource: Item;
  root: Item;
  /** `Patient.name` and its type: what an extension at this place is held against. */
  holder: string;
  holderType: string;
  resolve: Resolver;
  /** Outcomes of conformance questions, so that none is asked twice; absent until one is asked. */
  conforms: Map<object, Map<string, boolean>> | undefined;
  /** What expressions may ask, moved to the current place; absent until one is evaluated. */
  around: Around | undefined;
  budget: Budget;
  /** The wall clock, for dates that are bound to now. */
  now: () => number;
  /** What kind of Bundle all of it stands in; absent: in none. */
  bundleType: string | undefined;
};

export type Check = (item: Item, run: Run) => void;

export type Report = {
  severity?: Issue['severity'];
  code?: string;
  rule: string;
  profile?: string;
  text: Readonly<Record<Language, string>>;
  /** Added to the current place. */
  at?: string;
};

/** The current place as FHIRPath: `Bundle.entry[3].resource.code`. */
export function placeOf(path: readonly (string | number)[]): string {
  let place = '';
  for (const part of path) place += typeof part === 'number' ? `[${part}]` : place === '' ? part : `.${part}`;
  return place;
}

/** Records a finding at the current place. */
export function report(run: Run, what: Report): void {
  const place = placeOf(run.path);
  run.findings.push({
    severity: what.severity ?? 'error',
    code: what.code ?? 'structure',
    text: what.text,
    expression: [what.at === undefined ? place : `${place}.${what.at}`],
    rule: what.rule,
    ...(what.profile === undefined ? {} : { profile: what.profile }),
  });
}

/** Runs a check at a place below the current one. */
export function within(run: Run, part: string | number, check: () => void): void {
  run.path.push(part);
  check();
  run.path.pop();
}

/** What a check finds, without recording it. */
export function findingsOf(run: Run, check: () => void): Finding[] {
  const kept = run.findings;
  const depth = run.path.length;
  const found: Finding[] = [];
  run.findings = found;
  try {
    check();
  } finally {
    run.findings = kept;
    run.path.length = depth;
  }
  return found;
}
