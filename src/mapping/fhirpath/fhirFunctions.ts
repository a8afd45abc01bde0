// Which functions know FHIR or the source as a whole? https://hl7.org/fhir/R4/fhirpath.html#functions, and our own two:
// `withId(id)` finds an element of the source by its `id`; `toUuid()` makes the same UUID of the same text in a run.
import { createHash } from 'node:crypto';
import { type Run, step } from './frame.ts';
import { type Call, isResource, type Operation, parameter } from './functions.ts';
import { accessTo, members } from './member.ts';
import { type Items, isTree, none, plain, type Tree, textOf } from './values.ts';

const extensionAccess = accessTo('extension');

const extensionsOf = (call: Call): Items => {
  const url = textOf(parameter(call, 0)[0]);
  const before = call.frame.run.reading?.touches.length ?? 0;
  const found = members(call.frame, call.input, extensionAccess).filter((item) => {
    const tree = plain(item);
    return isTree(tree) && tree.url === url;
  });
  const touches = call.frame.run.reading?.touches;
  if (touches) {
    touches.length = before;
    for (const item of found) {
      const tree = plain(item);
      if (isTree(tree)) touches.push({ container: tree, key: 'url', live: true });
    }
  }
  return found;
};

/** Visits every object of a tree, counting steps. */
const visit = (run: Run, value: unknown, seen: (tree: Tree) => void): void => {
  step(run);
  if (Array.isArray(value)) for (const item of value) visit(run, item, seen);
  else if (isTree(value)) {
    seen(value);
    for (const key in value) {
      const child = value[key];
      if (typeof child === 'object' && child !== null) visit(run, child, seen);
    }
  }
};

const indexById = (run: Run): Map<string, Tree[]> => {
  if (run.byId) return run.byId;
  const index = new Map<string, Tree[]>();
  visit(run, run.source, (tree) => {
    if (typeof tree.id !== 'string') return;
    const others = index.get(tree.id);
    if (others) others.push(tree);
    else index.set(tree.id, [tree]);
  });
  run.byId = index;
  return index;
};

const indexByReference = (run: Run): Map<string, Tree> => {
  if (run.byReference) return run.byReference;
  const index = new Map<string, Tree>();
  const add = (key: string, tree: Tree): void => {
    if (!index.has(key)) index.set(key, tree);
  };
  visit(run, run.source, (tree) => {
    if (isResource(tree) && typeof tree.id === 'string') {
      add(`${tree.resourceType}/${tree.id}`, tree);
      add(`#${tree.id}`, tree);
    }
    if (typeof tree.fullUrl === 'string' && isTree(tree.resource)) add(tree.fullUrl, tree.resource);
  });
  run.byReference = index;
  return index;
};

const referenceOf = (item: unknown): string | undefined => {
  const value = plain(item);
  return isTree(value) ? textOf(value.reference) : textOf(value);
};

const resolveOne = (run: Run, reference: string): Tree | undefined => {
  const index = indexByReference(run);
  const relative = /(?:^|\/)([A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return index.get(reference) ?? (relative === undefined ? undefined : index.get(relative));
};

const resolve = ({ frame, input }: Call): Items =>
  input.flatMap((item) => {
    const reference = referenceOf(item);
    const found = reference === undefined ? undefined : resolveOne(frame.run, reference);
    return found ? [found] : [];
  });

/** A name-based UUID (RFC 9562 version 8): the same text and seed give the same UUID. */
export const uuidOf = (seed: string, text: string): string => {
  const hash = createHash('sha256').update(`${seed}\0${text}`).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 3) | 8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
};

const conforms = ({ input, ...call }: Call): Items => {
  const address = textOf(parameter({ input, ...call }, 0)[0]) ?? '';
  const type = /^http:\/\/hl7\.org\/fhir\/(?:[0-9.]+\/)?StructureDefinition\/([A-Za-z]+)$/.exec(address)?.[1];
  return input.length === 0
    ? none
    : [
        input.every((item) => {
          const tree = plain(item);
          if (!isResource(tree)) return false;
          if (type !== undefined)
            return tree.resourceType === type || type === 'Resource' || type === 'DomainResource';
          const { meta } = tree;
          return isTree(meta) && Array.isArray(meta.profile) && meta.profile.includes(address);
        }),
      ];
};

export const fhirFunctions: Readonly<Record<string, Operation>> = {
  extension: { min: 1, max: 1, run: extensionsOf },
  resolve: { min: 0, max: 0, run: resolve },
  conformsTo: { min: 1, max: 1, run: conforms },
  withId: {
    min: 1,
    max: 1,
    run: (call) => {
      const id = textOf(parameter(call, 0)[0]);
      return id === undefined ? none : (indexById(call.frame.run).get(id) ?? none);
    },
  },
  toUuid: {
    min: 0,
    max: 0,
    run: ({ frame, input }) => {
      const text = input.length === 1 ? textOf(input[0]) : undefined;
      return text === undefined ? none : [uuidOf(frame.run.seed, text)];
    },
  },
};
