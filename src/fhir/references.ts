// Which other resources does a resource point at? http://hl7.org/fhir/STU3/references.html

export type ReferenceElement = { reference?: unknown; identifier?: unknown; display?: unknown };

const logicalKeys = new Set(['id', 'extension', 'type', 'identifier', 'display', '_display', '_reference']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A reference by identifier only: one identifier, and nothing that a Reference cannot have. */
function isLogical(object: Record<string, unknown>): boolean {
  const { identifier } = object;
  if (!isObject(identifier) || Array.isArray(identifier)) return false;
  return Object.keys(object).every((key) => logicalKeys.has(key));
}

/** R4's Expression also has a text `reference`, and always a language. */
function isReference(object: Record<string, unknown>): boolean {
  if (typeof object.reference === 'string') return object.language === undefined;
  return isLogical(object);
}

function visitAll(value: Record<string, unknown>, path: string, visit: Visit): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      if (isObject(item)) visitAll(item, `${path}[${index}]`, visit);
    return;
  }
  if (isReference(value)) visit(value, path);
  for (const key in value) {
    const child = value[key];
    if (isObject(child)) visitAll(child, `${path}.${key}`, visit);
  }
}

type Visit = (reference: ReferenceElement, path: string) => void;

const rootOf = (value: unknown): string =>
  isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : '';

/**
 * Visits every Reference of a tree, also inside extensions, contained resources and entries: those with a `reference`
 * and those with an identifier only. Paths name JSON properties: `Task.input[0].valueReference`.
 */
export function eachReference(resource: unknown, visit: Visit): void {
  if (isObject(resource)) visitAll(resource, rootOf(resource), visit);
}

/** The same where nobody asks for paths: making them costs more than all the rest. */
export function visitReferences(value: unknown, visit: (reference: ReferenceElement) => void): void {
  if (!isObject(value)) return;
  if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) visitReferences(item, visit);
    return;
  }
  if (isReference(value)) visit(value);
  for (const key in value) {
    const child = value[key];
    if (isObject(child)) visitReferences(child, visit);
  }
}

type Tree = Record<string, unknown>;

export type Rewrites = {
  /** Of every `Reference.reference`. */
  reference(text: string): string;
  /** Of every text under the key `url`; `within` is what it stands in. */
  url?(text: string, within: Tree): string;
};

function textAt(key: string, within: Tree, rewrites: Rewrites): unknown {
  const text = within[key];
  if (typeof text !== 'string') return text;
  if (key === 'reference' && within.language === undefined) return rewrites.reference(text);
  return key === 'url' && rewrites.url ? rewrites.url(text, within) : text;
}

function rewriteList(list: readonly unknown[], rewrites: Rewrites): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    const made = isObject(item) ? rewrite(item, rewrites) : item;
    if (made === item) continue;
    copy ??= [...list];
    copy[index] = made;
  }
  return copy ?? list;
}

function rewrite(value: Tree, rewrites: Rewrites): unknown {
  if (Array.isArray(value)) return rewriteList(value, rewrites);
  let copy: Tree | undefined;
  for (const key in value) {
    const child = value[key];
    const made = isObject(child) ? rewrite(child, rewrites) : textAt(key, value, rewrites);
    if (made === child) continue;
    copy ??= { ...value };
    copy[key] = made;
  }
  return copy ?? value;
}

/**
 * The tree with those texts as `rewrites` makes them. The source is left as it was: what changes is copied, and what does
 * not is shared with it.
 */
export function rewriteTexts<T extends object>(resource: T, rewrites: Rewrites): T {
  return rewrite(resource as Tree, rewrites) as T;
}

/** The tree in which every `Reference.reference` is what `reference` makes of it; see rewriteTexts. */
export const rewriteReferences = <T extends object>(resource: T, reference: (text: string) => string): T =>
  rewriteTexts(resource, { reference });

export type ReferenceParts = {
  /** `http://host/fhir` for an absolute address, empty for a relative one. */
  base: string;
  type: string;
  id: string;
};

const restful =
  /^(?:(https?:\/\/[^\s?#]+)\/)?([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,255})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** The parts of `Type/id`, `Type/id/_history/n` or an absolute address that ends so; undefined for other forms. */
export function referenceParts(reference: string): ReferenceParts | undefined {
  const match = restful.exec(reference);
  return match ? { base: match[1] ?? '', type: match[2] ?? '', id: match[3] ?? '' } : undefined;
}

/** The server that a base address is of, be it asked over TLS or behind a proxy that ends it. */
export function serverOf(base: string): string | undefined {
  const url = URL.parse(base);
  return url === null ? undefined : `${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

const relative = /^[A-Z][A-Za-z]+(?:\/[A-Za-z0-9\-.]+(?:\/_history\/[A-Za-z0-9\-.]+)?|\?\S+)$/;
const absolute = /^(?:https?:\/\/[^\s/]+\S*|urn:(?:uuid|oid):\S+)$/;

/** Has the text the form of a reference: `#id`, `Type/id`, `Type?query`, an absolute address, `urn:uuid:` or `urn:oid:`? */
export function isReferenceText(text: string): boolean {
  return /^#(?:[A-Za-z0-9\-.]{1,255})?$/.test(text) || relative.test(text) || absolute.test(text);
}
