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

function onPage({ servers, neighbours, places }: Shown, page: FhirResource): Shown {
  const shown = serverShown(page);
  const [near, at] = [new Set(neighbours), new Map(places)];
  for (const { fullUrl = '', resource } of entriesOf(page)) {
    const parts = referenceParts(fullUrl);
    const server = parts && serverOf(parts.base);
    if (parts === undefined || server === undefined || resource.id === undefined) continue;
    near.add(server);
    at.set(`${server}/${parts.type}/${parts.id}`, `${resource.resourceType}/${resource.id}`);
  }
  return {
    servers: shown === undefined ? servers : new Set([...servers, shown]),
    neighbours: near,
    places: at,
  };
}

function relativeTo({ servers, neighbours, places }: Shown, reference: string): string {
  const parts = referenceParts(reference);
  const server = parts && serverOf(parts.base);
  if (parts === undefined || server === undefined) return reference;
  const place = `${parts.type}/${parts.id}`;
  const isOwn = servers.has(server) || (neighbours.has(server) && parts.type !== 'Patient');
  return places.get(`${server}/${place}`) ?? (isOwn ? place : reference);
}

const placesOf = (shown: Shown): OwnPlaces => ({
  on: (page) => placesOf(onPage(shown, page)),
  relative: (reference) => relativeTo(shown, reference),
});

/** What is known before a holder has answered: the address under which it is asked. */
export function ownPlaces(address: string): OwnPlaces {
  const server = serverOf(address);
  const servers = new Set(server === undefined ? [] : [server]);
  return placesOf({ servers, neighbours: new Set(), places: new Map() });
}
