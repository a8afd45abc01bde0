// What is a holder's resource in R4? STU3 goes through its map, a filled PZP form also becomes the resources that it says.
import { GatewayError } from '../../errors.ts';
import { isResource, resourcesOf } from '../../fhir/bundles.ts';
import { checkShape } from '../../fhir/shape.ts';
import { withoutUnknown } from '../../fhir/withoutUnknown.ts';
import type { HolderReply } from '../../holder/holder.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { FhirResource, FhirVersion, Issue } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { placeOf } from './askedFor.ts';
import { isBearable, unknownElement } from './bearable.ts';
import { heldPlace } from './heldPlace.ts';

export const mapNames = { version: 'stu3-to-r4', form: 'pzp-form-to-r4' } as const;

export type InR4 = {
  source: FhirResource;
  /** The maps that were used; none: it is R4 as the holder gave it. */
  maps: readonly string[];
  /** In R4, the source's own counterpart first. */
  resources: readonly FhirResource[];
  /** What could not be mapped; names the place, never the content. */
  issues: readonly Issue[];
};

type Given = {
  resource: FhirResource;
  version: FhirVersion;
  /** The same seed gives the same ids to what a form becomes: of one holder. */
  seed: string;
  /** Of its holder's answer, where its structure was looked at. */
  shapes?: HolderReply['shapes'];
};
type Deps = Pick<ExchangeDeps, 'mapNamed' | 'clock' | 'noteFault'>;

/** Never throws for content: what cannot be mapped is told, and its source stays. */
export function toR4(given: Given, deps: Deps): InR4 {
  const { resource: source } = given;
  const own = given.version === 'r4' ? unchanged(given) : mapped(mapNames.version, given, deps);
  const form = source.resourceType === 'QuestionnaireResponse' ? mapped(mapNames.form, given, deps) : {};
  return {
    source,
    maps: [
      ...(given.version === 'stu3' ? [mapNames.version] : []),
      ...(form.resources === undefined ? [] : [mapNames.form]),
    ],
    resources: [...(own.resources ?? []), ...(form.resources ?? []).map((one) => labelledAs(source, one))],
    issues: [own.issue, form.issue].filter((issue) => issue !== undefined),
  };
}

const labelsIn = ({ meta }: FhirResource, name: 'security' | 'tag'): readonly unknown[] => {
  const labels = ((meta ?? {}) as Record<string, unknown>)[name];
  return Array.isArray(labels) ? labels : [];
};

/** What was made of a form is as confidential as the form, and belongs to the same registered set. */
function labelledAs(source: FhirResource, made: FhirResource): FhirResource {
  const names = (['security', 'tag'] as const).filter((name) => labelsIn(source, name).length > 0);
  if (names.length === 0) return made;
  const labels = names.map((name) => [name, [...labelsIn(made, name), ...labelsIn(source, name)]]);
  return { ...made, meta: { ...(made.meta as object | undefined), ...Object.fromEntries(labels) } };
}

/** Without elements that its type does not know; what has other faults cannot be passed on as that type. */
function unchanged({ resource: source, shapes }: Given): Mapped {
  const issues = shapes === undefined ? checkShape(source, 'r4') : (shapes.get(source) ?? []);
  const faults = issues.filter(isFault);
  if (!faults.some(({ rule }) => rule === unknownElement))
    return faults.every(isBearable) ? { resources: [source] } : { issue: notMapped(source, 'structure') };
  const known = withoutUnknown(source, 'r4');
  const isSound = checkShape(known, 'r4').filter(isFault).every(isBearable);
  return isSound ? { resources: [known] } : { issue: notMapped(source, 'structure') };
}

const isFault = ({ severity }: Issue): boolean => severity !== 'warning';

type Mapped = { resources?: readonly FhirResource[]; issue?: Issue };

function mapped(name: string, { resource, seed }: Given, deps: Deps): Mapped {
  try {
    const { target } = runMap(deps.mapNamed(name), resource, {
      at: deps.clock(),
      seed: `${seed}|${heldPlace(resource)}`,
      limits: { milliseconds: 500 },
    });
    if (!isResource(target)) return { issue: notMapped(resource, 'map-target') };
    if (target.resourceType !== 'Bundle') return { resources: [target] };
    return { resources: resourcesOf(target) };
  } catch (error) {
    return { issue: notMapped(resource, reasonOf(error, deps)) };
  }
}

/** What a map refuses is a finding; a map that is wrong is our fault, and the caller still gets the rest. */
function reasonOf(error: unknown, deps: Deps): string {
  const known = error instanceof GatewayError ? error : undefined;
  if (known === undefined || known.kind === 'fault') deps.noteFault(error, 'mapping');
  return known?.reason ?? 'map-fault';
}

const notMapped = (resource: FhirResource, rule: string): Issue => ({
  severity: 'warning',
  code: 'not-supported',
  rule,
  text: {
    nl: 'Niet als R4 te geven',
    en: 'Cannot be given as R4',
  },
  expression: [placeOf(resource)],
});
