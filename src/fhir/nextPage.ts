// Where is the next page of a search? Only below the address that was asked: an answer leads nowhere else.
// http://hl7.org/fhir/R4/http.html#paging
import type { FhirResource } from '../model.ts';

type Whence = {
  /** Base address of who answers. */
  base: string;
  /** Address of the search itself, to which a query alone belongs. */
  search?: string;
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
    if (typeof one !== 'object' || one === null || !('relation' in one)) continue;
    if (String(one.relation).trim().toLowerCase() !== 'next') continue;
    return 'url' in one && typeof one.url === 'string' ? one.url : '';
  }
  return undefined;
}

/** Servers that page on their base call it so. */
const onBase = /[?&]_getpages=/;

/** The address to ask, or why the search ends here. */
export function nextPage(
  written: string,
  { base, search, asked, patientBsn }: Whence,
): { url: string } | { fault: string } {
  const from = search !== undefined && written.startsWith('?') && !onBase.test(written) ? search : `${base}/`;
  const url = written !== '' ? URL.parse(written, from) : null;
  if (url === null || !isBelow(url, new URL(base))) return { fault: 'next-elsewhere' };
  url.hash = '';
  if (names(url.href, patientBsn)) return { fault: 'next-names-patient' };
  return asked.has(url.href) ? { fault: 'next-again' } : { url: url.href };
}

const mostDecodings = 8;

const decoded = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Does this part of an address hold the number, in any spelling: coded once or several times, beside what is coded wrongly, its
 * digits apart? What is coded without end is taken to hold it.
 */
export function names(part: string, bsn: string): boolean {
  let text = part;
  for (let count = 0; count < mostDecodings; count += 1) {
    if (text.replace(/\D/g, '').includes(bsn)) return true;
    const next = decoded(text);
    if (next === text) return false;
    text = next;
  }
  return true;
}
