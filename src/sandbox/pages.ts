// How does a data holder give a long answer? Page by page; the address of the next one says nothing about the patient.
import { randomUUID } from 'node:crypto';
import type { FhirResource } from '../model.ts';
import type { Found } from './holderSearch.ts';

export type Pages = {
  first(found: Found, where: { base: string; size: number }): FhirResource;
  /** The page of this name, once; nothing for another name. */
  next(name: string, base: string): FhirResource | undefined;
};

type Entry = { fullUrl: string; resource: FhirResource; search: { mode: 'match' | 'include' } };
type Waiting = { entries: readonly Entry[]; total: number; size: number };

/** Keeps what was not given yet, under names that cannot be guessed. */
export function createPages(): Pages {
  const waiting = new Map<string, Waiting>();
  const page = ({ entries, total, size }: Waiting, base: string): FhirResource => {
    const rest = entries.slice(size);
    const name = randomUUID();
    if (rest.length > 0) waiting.set(name, { entries: rest, total, size });
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      total,
      ...(rest.length > 0 ? { link: [{ relation: 'next', url: `${base}/page/${name}` }] } : {}),
      ...(entries.length === 0 ? {} : { entry: entries.slice(0, size) }),
    };
  };
  return {
    first: ({ matches, included }, { base, size }) => {
      const entry = (mode: 'match' | 'include') => (resource: FhirResource) => ({
        fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
        resource,
        search: { mode },
      });
      const entries = [...matches.map(entry('match')), ...included.map(entry('include'))];
      return page({ entries, total: matches.length, size }, base);
    },
    next: (name, base) => {
      const found = waiting.get(name);
      waiting.delete(name);
      return found && page(found, base);
    },
  };
}
