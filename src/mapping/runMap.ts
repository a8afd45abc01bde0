// What does a map make of this source? One run: limits, clock and ids from outside, trace and coverage when asked.
import { GatewayError } from '../errors.ts';
import { instanceOf } from './compile/targetParts.ts';
import type { CompiledMap } from './compileMap.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { RunFault, toGatewayError } from './faults.ts';
import { limitFault, type Run } from './fhirpath/frame.ts';
import { none, type Tree } from './fhirpath/values.ts';
import { createRecorder } from './record.ts';
import { prune } from './target.ts';
import { type Trace, traceOf } from './trace.ts';

export type RunSettings = {
  /** What `now()` and `today()` give. */
  at: Date;
  /** The same seed gives the same ids. */
  seed: string;
  trace?: boolean;
  coverage?: boolean;
  limits?: { steps?: number; milliseconds?: number; depth?: number };
  /** Where `log` goes. */
  log?: (text: string) => void;
};

export type MapResult = {
  target: Tree;
  trace?: Trace;
  coverage?: Coverage;
};

const startRun = (map: CompiledMap, source: unknown, settings: RunSettings): Run => {
  const { steps = 20_000_000, milliseconds = 10_000, depth = 200 } = settings.limits ?? {};
  const recorded = settings.trace === true || settings.coverage === true;
  return {
    steps: 0,
    depth: 0,
    maxSteps: steps,
    maxDepth: depth,
    deadline: performance.now() + milliseconds,
    at: settings.at,
    seed: settings.seed,
    uuids: 0,
    source,
    reading: recorded ? { touches: [], aligned: new WeakMap() } : undefined,
    recorder: recorded ? createRecorder() : undefined,
    shares: undefined,
    index: 0,
    total: none,
    byId: undefined,
    byReference: undefined,
    log: settings.log ?? (() => undefined),
    extension: map.extension,
  };
};

const asGatewayError = (error: unknown): unknown => {
  if (error instanceof GatewayError) return error;
  if (error instanceof RunFault) return toGatewayError(error);
  if (error instanceof RangeError) return limitFault('depth');
  return error;
};

/**
 * Runs a map.
 * @param source a JSON tree (FHIR or not), or what `parseXmlSource` makes of XML; it is not changed
 * @throws GatewayError unprocessable for a source that the map refuses (`map-input`, `map-check`, `map-limit`),
 *   fault for a map that writes what its target cannot hold (`map-type`)
 */
export const runMap = (map: CompiledMap, source: unknown, settings: RunSettings): MapResult => {
  const run = startRun(map, source, settings);
  let target: Tree;
  try {
    const start = map.startFor(source);
    target = instanceOf(start.target);
    start.group.invoke(run, { values: [source, target], places: [[], []] });
  } catch (error) {
    throw asGatewayError(error);
  }
  prune(target);
  const { recorder } = run;
  if (!recorder) return { target };
  return {
    target,
    ...(settings.trace ? { trace: traceOf(recorder, source, target) } : {}),
    ...(settings.coverage ? { coverage: coverageOf(recorder, { source, target, drops: map.drops }) } : {}),
  };
};
