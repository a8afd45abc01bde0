// Does a resource fit its type and its profiles? Compiled profiles, offline. http://hl7.org/fhir/R4/validation.html
import { entriesOf, resolver } from '../fhir/bundles.ts';
import { checkShape } from '../fhir/shape.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { OverBudget, startBudget } from './budget.ts';
import { type Compiler, createCompiler } from './compiler.ts';
import { resourceItem } from './fhirpath/items.ts';
import { modelOf } from './model.ts';
import { isTree, textOf } from './profile.ts';
import type { Registry } from './registry.ts';
import { checkResource } from './resources.ts';
import { type Finding, type Policy, type Resolver, type Run, report } from './run.ts';
import { type CodeOracle, createTerminology } from './terminology.ts';
import { texts } from './texts.ts';

export type { Finding, Policy } from './run.ts';

export const defaultPolicy: Policy = {
  unknownExtensions: 'warning',
  unknownProfiles: 'warning',
  unknownCodes: 'warning',
  danglingReferences: 'warning',
  rulesOff: new Set(),
};

export type ValidatorSettings = {
  registry: Registry;
  policy?: Partial<Policy>;
  /** Decides codes that local definitions cannot. */
  oracle?: CodeOracle;
  /** Milliseconds of processor time that one check may take; half a minute when absent. */
  timeoutMs?: number;
  /** Processor time of this thread so far, in milliseconds. */
  spent?: () => number;
  now?: () => number;
};

export type Asked = {
  version: FhirVersion;
  /** Profiles that the resource must fit besides those it claims. */
  profiles?: readonly string[];
  /** The content is known to fit the element tables (`checkShape`), so that they are not asked again. */
  shapeChecked?: boolean;
};

export type Validator = {
  /** Everything that is wrong or doubtful, the gravest first. Never throws for content. */
  validate(resource: FhirResource, asked: Asked): Finding[];
  /** Whether there is a definition of a profile in a version. */
  knows(version: FhirVersion, profile: string): boolean;
};

const ranks = { fatal: 0, error: 1, warning: 2, information: 3 };

const nowhere: Resolver = () => undefined;

function resolverOf(resource: FhirResource): Resolver {
  if (resource.resourceType !== 'Bundle' || entriesOf(resource).length === 0) return nowhere;
  const resolve = resolver(resource);
  return (reference, from) => resolve(reference, from as FhirResource);
}

/** Findings without repetition: several definitions may say the same of one place. */
function distinct(findings: Finding[]): Finding[] {
  if (findings.length < 2) return findings;
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const rule = finding.rule === 'shape-minimum' ? 'minimum' : (finding.rule ?? '');
    const place = finding.expression?.[0] ?? '';
    if (rule === 'shape-code' && seen.has(`binding ${place}`)) return false;
    if (rule === 'binding-required') seen.add(`binding ${place}`);
    const key = rule === 'minimum' ? `${rule} ${place}` : `${rule} ${place} ${finding.text.en}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What was found until the budget ended stays, and where it ended is told. */
function checkWithinBudget(run: Run, profiles: readonly string[]): void {
  try {
    checkResource(run.resource, run, profiles);
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
    report(run, { severity: 'fatal', code: 'too-costly', rule: 'deadline', text: texts.deadline() });
  }
}

const halfMinute = 30_000;

/** Makes a validator over a registry. Definitions are compiled when they are first needed and kept. */
export function createValidator(settings: ValidatorSettings): Validator {
  const { registry } = settings;
  const now = settings.now ?? Date.now;
  const policy: Policy = { ...defaultPolicy, ...settings.policy };
  const terminology = createTerminology(registry, settings.oracle);
  const compilers: Record<FhirVersion, Compiler> = {
    stu3: createCompiler(registry, 'stu3'),
    r4: createCompiler(registry, 'r4'),
  };
  const models = { stu3: modelOf('stu3'), r4: modelOf('r4') };
  const begin = (resource: FhirResource, version: FhirVersion, item = resourceItem(resource)): Run => ({
    version,
    registry,
    compiler: compilers[version],
    terminology,
    model: models[version],
    policy,
    findings: [],
    path: [resource.resourceType],
    resource: item,
    root: item,
    holder: '',
    holderType: '',
    resolve: resolverOf(resource),
    conforms: undefined,
    around: undefined,
    budget: startBudget(settings.timeoutMs ?? halfMinute, settings.spent),
    now,
    bundleType: resource.resourceType === 'Bundle' ? textOf(resource.type) : undefined,
  });
  return {
    knows: (version, profile) => registry.profile(version, profile) !== undefined,
    validate(resource, { version, profiles = [], shapeChecked = false }) {
      const shape = shapeChecked ? [] : checkShape(resource, version);
      if (!isTree(resource)) return shape;
      const run = begin(resource, version);
      checkWithinBudget(run, profiles);
      // What both see, the profile says better. The gravest come first, and are what is kept of repetitions.
      const found = [...run.findings, ...shape];
      return distinct(found.sort((a, b) => ranks[a.severity] - ranks[b.severity]));
    },
  };
}
