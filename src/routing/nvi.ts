// Which organisations does the national referral index name? A search on List by pseudonym, page by page.
// https://github.com/minvws/gfmodules-nationale-verwijsindex
import { isResource, resourcesOf } from '../fhir/bundles.ts';
import { eightDigits, identifiersOf, uraSystem } from '../fhir/identifiers.ts';
import { nextIn, nextPage } from '../fhir/nextPage.ts';
import { createOnce } from '../fhir/once.ts';
import { outcomeFault } from '../fhir/outcomeFault.ts';
import type { FhirResource } from '../model.ts';
import type { NameHolders } from './holderPlaces.ts';
import type { LocateQuestion } from './localisation.ts';
import type { NviSettings } from './localisationSettings.ts';
import { askNational, type NationalDeps, type NationalRequest } from './nationalCall.ts';
import { pseudonymFor } from './pseudonym.ts';
import { SourceFault } from './sourceFault.ts';

const custodian = /\/nl-gf-localization-custodian$/;

type Extension = { url?: unknown; valueReference?: { identifier?: unknown } };

const extensionsOf = ({ extension }: FhirResource): Extension[] =>
  Array.isArray(extension) ? extension.filter((one) => typeof one === 'object' && one !== null) : [];

/** One that is no longer current names nobody. */
const isCurrent = ({ status }: FhirResource): boolean => status === undefined || status === 'current';

/** URA numbers of a List's custodian. */
function urasOf(list: FhirResource): string[] {
  const named = extensionsOf(list).filter(({ url }) => typeof url === 'string' && custodian.test(url));
  return named
    .flatMap(({ valueReference }) => identifiersOf({ identifier: valueReference?.identifier }))
    .filter(({ system, value }) => system === uraSystem && /^\d{1,8}$/.test(value))
    .map(({ value }) => eightDigits(value));
}

function requestFor(settings: NviSettings, pseudonym: string) {
  const by = new URLSearchParams({ 'subject:identifier': `${settings.identifierSystem}|${pseudonym}` });
  if (settings.search === 'get') return { method: 'GET', url: `${settings.address}/List?${by}` } as const;
  return { method: 'POST', url: `${settings.address}/List/_search`, body: by.toString() } as const;
}

type Asked = {
  settings: NviSettings;
  question: LocateQuestion;
  timeoutMs: number;
  signal: AbortSignal;
  name: NameHolders;
};

type Page = Pick<NationalRequest, 'method' | 'url' | 'body'>;

const mostPages = 20;

const isLess = (one: FhirResource): boolean =>
  one.resourceType === 'OperationOutcome' && outcomeFault(one) !== undefined;

/** One page: its organisations, whether it was read whole, and where the next one is. Throws `SourceFault` for anything that is no page. */
function readPage(answer: unknown, where: Parameters<typeof nextPage>[1]) {
  if (!isResource(answer) || answer.resourceType !== 'Bundle' || answer.type !== 'searchset') {
    throw new SourceFault('nvi-not-understood');
  }
  const { entry = [], total } = answer;
  const resources = resourcesOf(answer);
  const lists = resources.filter(({ resourceType }) => resourceType === 'List');
  const uras = lists.filter(isCurrent).map(urasOf);
  const isRead = Array.isArray(entry) && entry.length === resources.length;
  const isWhole = isRead && !resources.some(isLess) && uras.every(({ length }) => length > 0);
  const written = nextIn(answer);
  const next = written === undefined ? undefined : nextPage(written, where);
  return { uras: uras.flat(), isWhole, next, lists, total: typeof total === 'number' ? total : 0 };
}

/**
 * Names each organisation as its page comes in. Throws `SourceFault` or `OutgoingFailure` for an answer that is not whole:
 * whoever was named by then still counts.
 */
export async function askNvi(asked: Asked, deps: NationalDeps): Promise<void> {
  const { settings, question, timeoutMs, signal, name } = asked;
  const { patientBsn, requestId } = question;
  const ofPseudonym = { settings: settings.pseudonyms, timeoutMs, signal };
  let page: Page = requestFor(settings, await pseudonymFor(patientBsn, ofPseudonym, deps));
  const seen = new Set<string>();
  const isNew = createOnce();
  let isAllWhole = true;
  let [found, most] = [0, 0];
  for (let pages = 1; ; pages++) {
    const headers = {
      accept: 'application/fhir+json',
      'x-request-id': requestId,
      ...(page.method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const call = { service: 'nvi', auth: settings.auth, headers, timeoutMs, signal, ...page };
    const { uras, isWhole, next, lists, total } = readPage(await askNational(call, deps), {
      base: settings.address,
      asked: seen,
      patientBsn,
    });
    name(uras.map((ura) => ({ ura })));
    isAllWhole &&= isWhole;
    found += lists.filter((one) => one.id === undefined || isNew(one)).length;
    most = Math.max(most, total);
    if (next === undefined && !isAllWhole) throw new SourceFault('nvi-not-understood');
    if (next === undefined && found < most) throw new SourceFault('nvi-fewer-than-total');
    if (next === undefined) return;
    if ('fault' in next) throw new SourceFault(`nvi-${next.fault}`);
    if (pages >= mostPages) throw new SourceFault('nvi-too-many-pages');
    seen.add(next.url);
    page = { method: 'GET', url: next.url };
  }
}
