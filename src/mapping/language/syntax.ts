// What does a map say? The tree of a FHIR Mapping Language text: https://hl7.org/fhir/R4/mapping-language.html
import type { Expression } from '../../fhir/fhirpath/syntax.ts';

/** A place in a map's text; `map` is the map's file or address. */
export type Place = { map: string; line: number; column: number };

/** One fault in a map, found before it runs. */
export type MapFault = Place & { text: string; rule?: string };

export type Structure = {
  url: string;
  alias?: string;
  mode: 'source' | 'queried' | 'target' | 'produced';
  place: Place;
};

export type Parameter = { mode: 'source' | 'target'; name: string; type?: string; place: Place };

export type SourceMode = 'first' | 'not_first' | 'last' | 'not_last' | 'only_one';
export type TargetMode = 'first' | 'share' | 'last' | 'collate' | 'single';

export type Source = {
  context: string;
  /** Elements below the context; empty for the context itself. */
  path: readonly string[];
  type?: string;
  min?: number;
  max?: number;
  fallback?: Expression;
  mode?: SourceMode;
  variable?: string;
  where?: Expression;
  check?: Expression;
  log?: Expression;
  place: Place;
};

export type Transform =
  | { kind: 'call'; name: string; parameters: readonly Expression[]; place: Place }
  | { kind: 'expression'; expression: Expression; place: Place };

export type Target = {
  /** Absent for a bare transform that only names a variable: `-> uuid() as id`. */
  context?: string;
  path: readonly string[];
  transform?: Transform;
  variable?: string;
  modes: readonly TargetMode[];
  shareName?: string;
  place: Place;
};

export type Call = { group: string; parameters: readonly Expression[]; place: Place };

export type Rule = {
  name?: string;
  sources: readonly Source[];
  targets: readonly Target[];
  /** Was there a `->`? Without one a rule only walks, logs, checks or drops. */
  arrow: boolean;
  calls: readonly Call[];
  rules: readonly Rule[];
  place: Place;
};

export type Group = {
  name: string;
  parameters: readonly Parameter[];
  extends?: string;
  /** `<<types>>`: default for this pair of types; `<<type+>>`: also for the source type alone. */
  defaultFor?: 'types' | 'type+';
  rules: readonly Rule[];
  place: Place;
};

export type CodePair = {
  sourceSystem: string;
  source: string;
  equivalence: string;
  targetSystem: string;
  target: string;
};

export type CodeMap = {
  name: string;
  pairs: readonly CodePair[];
  /** What happens to a code without a pair, by source system (`''`: any system). */
  unmapped: readonly {
    system: string;
    mode: 'provided' | 'fixed' | 'other-map';
    value?: string;
    targetSystem?: string;
  }[];
  place: Place;
};

export type Constant = { name: string; expression: Expression; place: Place };

/** Source leaves that a map leaves out on purpose: `//! drop **.conceptId: reason`. */
export type NamedDrop = { pattern: string; reason: string; place: Place };

export type MapText = {
  url: string;
  name: string;
  metadata: Readonly<Record<string, string>>;
  structures: readonly Structure[];
  imports: readonly { url: string; place: Place }[];
  codeMaps: readonly CodeMap[];
  constants: readonly Constant[];
  groups: readonly Group[];
  drops: readonly NamedDrop[];
  place: Place;
};
