// Which organisations does the national referral index name? One search on List by pseudonym.
// https://github.com/minvws/gfmodules-nationale-verwijsindex
import { entriesOf, isResource } from '../fhir/bundles.ts';
import { identifiersOf, uraSystem } from '../fhir/identifiers.ts';
import type { FhirResource } from '../model.ts';
import type { LocateQuestion } from './localisation.ts';
import type { NviSettings } from './localisationSettings.ts';
import { askNational, type NationalDeps } from './nationalCall.ts';
import { pseudonymFor } from './pseudonym.ts';
import { SourceFault } from './sourceFault.ts';

const custodian = /\/nl-gf-localization-custodian$/;

type Extension = { url?: unknown; valueReference?: { identifier?: unknown } };

const extensionsOf = ({ extension }: FhirResource): Extension[] =>
  Array.isArray(extension) ? extension.filter((one) => typeof one === 'object' && one !== null) : [];

/** URA numbers of a List's custodian; a List that is no longer current names nobody. */
function urasOf(list: FhirResource): string[] {
  if (list.status !== undefined && list.status !== 'current') return [];
  const named = extensionsOf(list).filter(({ url }) => typeof url === 'string' && custodian.test(url));
  return named
    .flatMap(({ valueReference }) => identifiersOf({ identifier: valueReference?.identifier }))
    .filter(({ system, value }) => system === uraSystem && /^\d{1,8}$/.test(value))
    .map(({ value }) => value.padStart(8, '0'));
}

function requestFor(settings: NviSettings, pseudonym: string) {
  const by = new URLSearchParams({ 'subject:identifier': `${settings.identifierSystem}|${pseudonym}` });
  if (settings.search === 'get') return { method: 'GET', url: `${settings.address}/List?${by}` } as const;
  return { method: 'POST', url: `${settings.address}/List/_search`, body: by.toString() } as const;
}

type Asked = { settings: NviSettings; question: LocateQuestion; timeoutMs: number; signal: AbortSignal };

/** URA numbers, each once. Throws `SourceFault` or `OutgoingFailure`: an answer that is not whole is none. */
export async function askNvi(asked: Asked, deps: NationalDeps): Promise<{ ura: string }[]> {
  const { settings, question, timeoutMs, signal } = asked;
  const pseudonym = await pseudonymFor(
    question.patientBsn,
    { settings: settings.pseudonyms, timeoutMs, signal },
    deps,
  );
  const request = requestFor(settings, pseudonym);
  const headers = {
    accept: 'application/fhir+json',
    'x-request-id': question.requestId,
    ...(request.method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
  };
  const call = { service: 'nvi', auth: settings.auth, headers, timeoutMs, signal, ...request };
  const bundle = await askNational(call, deps);
  if (!isResource(bundle) || bundle.resourceType !== 'Bundle' || bundle.type !== 'searchset') {
    throw new SourceFault('nvi-not-understood');
  }
  const links: unknown[] = Array.isArray(bundle.link) ? bundle.link : [];
  if (
    links.some(
      (one) => typeof one === 'object' && one !== null && 'relation' in one && one.relation === 'next',
    )
  ) {
    throw new SourceFault('nvi-paged');
  }
  const lists = entriesOf(bundle).filter(({ resource }) => resource.resourceType === 'List');
  return [...new Set(lists.flatMap(({ resource }) => urasOf(resource)))].map((ura) => ({ ura }));
}
