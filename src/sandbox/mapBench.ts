// How does an engineer try a map while editing it? Maps of a watched folder, run on what is posted; a broken edit says why.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { printJson } from '../fhir/json.ts';
import { runMap } from '../mapping/runMap.ts';
import { watchMaps } from '../mapping/watchMaps.ts';
import type { Answer, Arrived } from './listen.ts';

export type MapBench = {
  /** `GET /maps`, and `POST /maps/NAME` with a source. */
  answer(arrived: Arrived): Answer;
  stop(): void;
};

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${printJson(body)}\n`,
});

/** Serves the maps of a folder; an edit is live within a second, and what does not compile leaves the map before it serving. */
export function openMapBench(folder: string): MapBench {
  const watched = watchMaps(folder);
  const listed = () =>
    [...new Set([...watched.maps().keys(), ...watched.faults().keys()])].sort().map((name) => ({
      name,
      title: watched.maps().get(name)?.title,
      ...(watched.faults().has(name) ? { fault: watched.faults().get(name)?.message } : {}),
    }));
  const run = (name: string, body: Buffer): Answer => {
    const map = watched.maps().get(name);
    if (map === undefined) return json(404, { error: `There is no map ${name}.`, maps: listed() });
    try {
      const settings = { at: new Date(), seed: randomUUID() };
      return json(200, runMap(map, map.read(body), settings).target);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return json(error.kind === 'fault' ? 500 : 422, { error: error.message });
    }
  };
  return {
    answer: ({ method, path, body }) => {
      const name = path.split('/')[2];
      return name === undefined || method !== 'POST' ? json(200, listed()) : run(name, body);
    },
    stop: watched.stop,
  };
}
