// Which whole addresses are a holder's own? `Patient/1` at another server is somebody else; but behind a proxy a holder knows itself
// by an inner address, which its answers show: by the link to themselves, and by the fullUrl of what they give.
import { entriesOf } from '../fhir/bundles.ts';
import { referenceParts, serverOf } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

export type OwnPlaces = {
  /** With what one more page shows. */
  on(page: FhirResource): OwnPlaces;
  /** `Type/id` of what lies at this holder; anything else as it is written. */
  relative(reference: string): string;
};

type Shown = {
  /** What lies there is the holder's, whatever it is. */
  servers: ReadonlySet<string>;
  /** The servers of what it gave; an id of theirs may be that of another Patient here. */
  neighbours: ReadonlySet<string>;
  /** What it gave, by address. */
  places: ReadonlyMap<string, string>;
};

function selfOf({ link }: FhirResource): string | undefined {
  const links: readonly unknown[] = Array.isArray(link) ? link : [];
  for (const one of links) {
    if (typeof one !== 'object' || one === null || !('url' in one) || !('relation' in one)) continue;
    if (one.relation === 'self' && typeof one.url === 'string') return one.url;
  }
  return undefined;
}

/** The server whose search an answer says that it is; pages of some servers lie on its base. */
function serverShown(page: FhirResource): string | undefined {
  const url = URL.parse(selfOf(page) ?? '');
  if (url === null) return undefined;
  const search = /\/[A-Z][A-Za-z]+(?:\/_search)?\/?$/;
  if (!search.test(url.pathname) && !url.searchParams.has('_getpages')) return undefined;
  return serverOf(`${url.origin}${url.pathname.replace(search, '')}`);
}

function shownOn(pages: readonly FhirResource[], address: string): Shown {
  const own = serverOf(address);
  const [servers, neighbours] = [new Set(own === undefined ? [] : [own]), new Set<string>()];
  const places = new Map<string, string>();
  for (const page of pages) {
    const shown = serverShown(page);
    if (shown !== undefined) servers.add(shown);
    for (const { fullUrl = '', resource } of entriesOf(page)) {
      const parts = referenceParts(fullUrl);
      const server = parts && serverOf(parts.base);
      if (parts === undefined || server === undefined || resource.id === undefined) continue;
      neighbours.add(server);
      places.set(`${server}/${parts.type}/${parts.id}`, `${resource.resourceType}/${resource.id}`);
    }
  }
  return { servers, neighbours, places };
}

function relativeTo(shown: () => Shown, reference: string): string {
  const parts = referenceParts(reference);
  const server = parts?.base ? serverOf(parts.base) : undefined;
  if (parts === undefined || server === undefined) return reference;
  const { servers, neighbours, places } = shown();
  const place = `${parts.type}/${parts.id}`;
  const isOwn = servers.has(server) || (neighbours.has(server) && parts.type !== 'Patient');
  return places.get(`${server}/${place}`) ?? (isOwn ? place : reference);
}

/** Most answers name nothing by a whole address: what their pages show is gathered when one does. */
function placesOf(address: string, pages: readonly FhirResource[]): OwnPlaces {
  let known: Shown | undefined;
  const shown = (): Shown => {
    known ??= shownOn(pages, address);
    return known;
  };
  return {
    on: (page) => placesOf(address, [...pages, page]),
    relative: (reference) => relativeTo(shown, reference),
  };
}

/** What is known before a holder has answered: the address under which it is asked. */
export const ownPlaces = (address: string): OwnPlaces => placesOf(address, []);
