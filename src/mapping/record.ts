// What did a run read and write? Kept only when a trace or coverage is asked for.
import type { Touch } from './fhirpath/frame.ts';
import type { Place } from './language/syntax.ts';

export type Translation = { map: string; from: string; to: string; defaulted: boolean };

/** One write into the target: where, from what, by which rule. */
export type Write = {
  touches: readonly Touch[];
  place: Place;
  rule: string | undefined;
  translation: Translation | undefined;
  /** The part of the source that was copied whole. */
  copyOf: object | undefined;
};

export type Recorder = {
  writes: Map<object, Map<string | number, Write>>;
  /** Leaves that decided whether a rule fired that did. */
  conditions: Touch[];
  drops: { touch: Touch; reason: string }[];
  /** Set by `translate` for the write that follows. */
  translation: Translation | undefined;
  /** Codes without a translation. */
  untranslated: { map: string; code: string; place: Place }[];
};

export const createRecorder = (): Recorder => ({
  writes: new Map(),
  conditions: [],
  drops: [],
  translation: undefined,
  untranslated: [],
});

/** Records a write; a later write to the same place replaces it. */
export const recordWrite = (
  recorder: Recorder,
  at: { container: object; key: string | number },
  write: Write,
): void => {
  const known = recorder.writes.get(at.container);
  if (known) known.set(at.key, write);
  else recorder.writes.set(at.container, new Map([[at.key, write]]));
};
