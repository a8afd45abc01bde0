// Where is the next page of a search? Only below the address that was asked: an answer leads nowhere else.
// http://hl7.org/fhir/R4/http.html#paging
import type { FhirResource } from '../model.ts';

type Whence = {
  /** Base address of who answers. */
  base: string;
  /** Addresses of this search that were asked already. */
  asked: ReadonlySet<string>;
  /** Never in an address, not even when who answers writes it there. */
  patientBsn: string;
};

/** A coded slash would leave the base at servers that decode it first. */
const coded = /%2f|%5c|%25/i;

function isBelow(url: URL, base: URL): boolean {
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') return false;
  const folder = base.pathname.replace(/\/+$/, '');
  if (url.pathname !== folder && !url.pathname.startsWith(`${folder}/`)) return false;
  return !coded.test(url.pathname);
}

/** What a searchset says of its next page, as it is written there; empty where it has one without an address; undefined on the last. */
export function nextIn({ link }: FhirResource): string | undefined {
  const links: readonly unknown[] = Array.isArray(link) ? link : [link];
  for (const one of links) {
    if (typeof one !== 'object' || one === null || !('relation' in one) || one.relation !== 'next') continue;
    return 'url' in one && typeof one.url === 'string' ? one.url : '';
  }
  return undefined;
}

/** The address to ask, or why the search ends here. */
export function nextPage(
  written: string,
  { base, asked, patientBsn }: Whence,
): { url: string } | { fault: string } {
  const url = written !== '' ? URL.parse(written, `${base}/`) : null;
  if (url === null || !isBelow(url, new URL(base))) return { fault: 'next-elsewhere' };
  url.hash = '';
  if (decodable(url.href).includes(patientBsn)) return { fault: 'next-names-patient' };
  return asked.has(url.href) ? { fault: 'next-again' } : { url: url.href };
}

function decodable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
