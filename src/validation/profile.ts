// What is a profile in condensed form, and how are trees of unknown content read?
import type { FhirVersion } from '../model.ts';
import { isTree } from './fhirpath/items.ts';

export type Tree = Readonly<Record<string, unknown>>;

/** `kept`: where what is referred to may stand (`contained`, `referenced`, `bundled`); absent: anywhere. */
export type ElementType = { code: string; profiles?: string[]; targets?: string[]; kept?: string[] };
export type Discriminator = { type: string; path: string };
export type Slicing = { rules: string; ordered?: boolean; discriminators: Discriminator[] };
export type Binding = { strength: string; valueSet?: string; max?: string };
export type Constraint = {
  key: string;
  severity: 'error' | 'warning';
  expression: string;
  human?: string;
  /** The same in Dutch; only our own rule files say it. */
  humanNl?: string;
  bestPractice?: boolean;
};

/** One element of a snapshot. `max` is -1 for `*`; `minSet` tells a differential that it states the minimum. */
export type ProfileElement = {
  id: string;
  path: string;
  min?: number;
  max?: number;
  types?: ElementType[];
  fixed?: unknown;
  pattern?: unknown;
  binding?: Binding;
  constraints?: Constraint[];
  slicing?: Slicing;
  sliceName?: string;
  contentReference?: string;
  least?: unknown;
  most?: unknown;
  maxLength?: number;
  modifier?: boolean;
};

/** A profile, condensed; `complete` when its elements are a snapshot, not only a differential. */
export type Profile = {
  version: FhirVersion;
  url: string;
  release?: string;
  name: string;
  type: string;
  kind: string;
  abstract: boolean;
  base?: string;
  constrains: boolean;
  complete: boolean;
  elements: ProfileElement[];
  /** Where an extension may stand, as `element:Patient.name`; empty when not stated. */
  contexts?: string[];
};

export { isTree };

export const treesOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};

/** The value of a choice element: `choiceOf(element, 'fixed')` finds `fixedUri`. */
export function choiceOf(tree: Tree, stem: string): unknown {
  for (const key of Object.keys(tree)) {
    const next = key.charCodeAt(stem.length);
    if (next >= 65 && next <= 90 && key.startsWith(stem)) return tree[key];
  }
  return undefined;
}
