// What does a resource lose on the way to another FHIR version and back? Every leaf by its path, with the reason that a map gives.
import { isResource } from '../fhir/bundles.ts';
import { parseJson } from '../fhir/json.ts';
import { lossBetween } from '../fhir/loss.ts';
import { checkShape } from '../fhir/shape.ts';
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import type { CompiledMap } from './compileMap.ts';
import type { Coverage } from './coverage.ts';
import { inOrderOf } from './extensionOrder.ts';
import { type MapResult, type RunSettings, runMap } from './runMap.ts';
import type { Trace } from './trace.ts';

/** A leaf of the source that did not come back; without a reason it is unexplained. */
export type TripLoss = { path: string; value: unknown; reason?: string };

/** A place where what a map made does not fit its version. */
export type Misfit = { version: FhirVersion; path: string; text: string };

export type RoundTrip = {
  losses: readonly TripLoss[];
  misfits: readonly Misfit[];
  /** What is wrong with the source itself: a map cannot mend it. */
  sourceFaults: readonly Issue[];
};

/** The maps of both directions, by the version of their source. */
export type Ways = Readonly<Record<FhirVersion, CompiledMap>>;

/** As another system would read it: printed and parsed. */
const received = (result: MapResult): FhirResource => {
  const tree = parseJson(Buffer.from(JSON.stringify(result.target)));
  if (!isResource(tree)) throw new Error('the map made no resource');
  return tree;
};

const placeOf = (issue: Issue): string => issue.expression?.join(', ') ?? '';

/** `Observation.value.ofType(Quantity)` names the property `valueQuantity`. */
const asProperty = (path: string): string =>
  path.replace(/\.ofType\((\w)(\w*)\)/g, (_, first: string, rest: string) => first.toUpperCase() + rest);

const covers = (place: string, path: string): boolean =>
  path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`);

const sourceReason = (faults: readonly Issue[], path: string): string | undefined => {
  const fault = faults.find((issue) => covers(asProperty(placeOf(issue)), path));
  return fault && `the source is not valid: ${fault.text.en}`;
};

const dropReasons = (coverage: Coverage | undefined): Map<string, string> =>
  new Map(
    (coverage?.leaves ?? []).flatMap((leaf): [string, string][] =>
      leaf.fate === 'dropped-on-purpose' ? [[leaf.path, leaf.reason ?? '']] : [],
    ),
  );

/** Which leaves of the target each leaf of the source went into. */
const destinations = (trace: Trace | undefined): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  for (const [target, , sources] of trace?.leaves ?? []) {
    for (const source of sources) found.set(source, [...(found.get(source) ?? []), target]);
  }
  return found;
};

type Trip = { out: MapResult; home: MapResult; sourceFaults: readonly Issue[] };

const reasonsFor = ({ out, home, sourceFaults }: Trip): ((path: string) => string | undefined) => {
  const there = dropReasons(out.coverage);
  const back = dropReasons(home.coverage);
  const went = destinations(out.trace);
  return (path) => {
    const onTheWay = (went.get(path) ?? []).map((target) => back.get(target));
    return (
      there.get(path) ?? onTheWay.find((reason) => reason !== undefined) ?? sourceReason(sourceFaults, path)
    );
  };
};

const misfitsOf = (resource: FhirResource, version: FhirVersion): Misfit[] =>
  checkShape(resource, version).map((issue) => ({ version, path: placeOf(issue), text: issue.text.en }));

const other: Readonly<Record<FhirVersion, FhirVersion>> = { stu3: 'r4', r4: 'stu3' };

/**
 * Takes a resource of `version` to the other version and back.
 * @throws GatewayError what a map throws for a source that it refuses
 */
export const roundTrip = (
  ways: Ways,
  { source, version }: { source: FhirResource; version: FhirVersion },
  settings: Pick<RunSettings, 'at' | 'seed'>,
): RoundTrip => {
  const recorded = { ...settings, trace: true, coverage: true };
  const sourceFaults = checkShape(source, version);
  const out = runMap(ways[version], source, recorded);
  const there = received(out);
  const home = runMap(ways[other[version]], there, recorded);
  const back = received(home);
  const reasonFor = reasonsFor({ out, home, sourceFaults });
  const compared = inOrderOf(source, back);
  const losses = lossBetween(source, isResource(compared) ? compared : back).map((loss): TripLoss => {
    const reason = reasonFor(loss.path);
    return reason === undefined ? loss : { ...loss, reason };
  });
  const valid = sourceFaults.length === 0;
  const misfits = valid ? [...misfitsOf(there, other[version]), ...misfitsOf(back, version)] : [];
  return { losses, misfits, sourceFaults };
};
