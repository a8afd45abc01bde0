// What does a FHIR server have about this patient? First the patient by BSN, then all searches side by side, page by page.
import { bsnSystem } from '../fhir/identifiers.ts';
import { names, nextPage } from '../fhir/nextPage.ts';
import { createOnce } from '../fhir/once.ts';
import type { DataEndpoint, FhirResource } from '../model.ts';
import { type Called, type Calling, call, formOf, type HolderRequest } from './call.ts';
import type { Gathering } from './gathering.ts';
import type { HolderQuery } from './holder.ts';
import { type OwnPlaces, ownPlaces } from './ownPlaces.ts';
import { fhirTypes, type Page, readPage } from './readPage.ts';
import { sideBySide } from './sideBySide.ts';
import { idsOf, isOther, leadsOn } from './whose.ts';

export type Question = Calling & {
  patientBsn: string;
  queries: readonly HolderQuery[];
  gathering: Gathering;
};

type Asking = Question & { own: OwnPlaces };

type Parameters = readonly (readonly [string, string])[];
type Search = { resourceType: string; parameters: Parameters; by: DataEndpoint['search'] };

/** Where the standard's own query has another name for the patient (PZP, data exchange). */
const patientParameters: Readonly<Record<string, string>> = { QuestionnaireResponse: 'subject' };

type Request = Pick<HolderRequest, 'method' | 'url' | 'form'> & {
  /** The same without what should come along, for who refuses to be asked that. */
  plainer?: () => Request;
};

function firstRequest(base: string, { resourceType, parameters, by }: Search): Request {
  const form = formOf(parameters);
  const plain = parameters.filter(([name]) => !name.startsWith('_include'));
  const plainer = plain.length < parameters.length && {
    plainer: () => firstRequest(base, { resourceType, parameters: plain, by }),
  };
  return by === 'post'
    ? { method: 'POST', url: `${base}/${resourceType}/_search`, form, ...plainer }
    : { method: 'GET', url: `${base}/${resourceType}?${form}`, ...plainer };
}

/** The search itself is refused, as servers do that do not know an `_include`; includes are a SHOULD in PZP. */
const searchRefused: ReadonlySet<string> = new Set(['status-400', 'status-422', 'status-501']);

/** Once more without includes where it is refused with them, which is told when that is answered. */
async function put({ plainer, ...request }: Request, maxBytes: number, question: Asking): Promise<Called> {
  const called = await call({ ...request, accept: fhirTypes, maxBytes }, question);
  if (plainer === undefined || 'answer' in called || !searchRefused.has(called.fault)) return called;
  const again = await call({ ...plainer(), accept: fhirTypes, maxBytes }, question);
  if ('fault' in again) return called;
  question.gathering.fault('includes-refused');
  return again;
}

/** One page; undefined when there is none, and then the fault is noted. */
async function pageAt(request: Request, question: Asking): Promise<Page | undefined> {
  const { gathering, settings, endpoint, own } = question;
  const maxBytes = Math.min(settings.pageBytes, gathering.room());
  const called = maxBytes === 0 ? { fault: 'too-large' } : await put(request, maxBytes, question);
  if ('answer' in called) gathering.took(called.answer.body.length);
  const reading = { version: endpoint.fhirVersion, most: settings.resources, own };
  const page = 'answer' in called ? readPage(called.answer, reading) : called;
  if ('fault' in page) {
    gathering.fault(page.fault);
    return undefined;
  }
  for (const fault of page.faults) gathering.fault(fault);
  return page;
}

/** Reads page after page; `take` says whether there is room for more. Whatever ends it too soon is noted as a fault. */
async function search(wanted: Search, question: Asking, take: (page: Page) => boolean): Promise<void> {
  const { gathering, settings, endpoint, patientBsn } = question;
  const asked = new Set<string>();
  let request: Request = firstRequest(endpoint.address, wanted);
  const isNew = createOnce();
  let matches = 0;
  let total = 0;
  let { own } = question;
  for (let pages = 1; ; pages++) {
    const page = await pageAt(request, { ...question, own });
    if (page === undefined) return;
    own = page.own;
    if (!take(page)) return gathering.fault('too-many-resources');
    // what moves up while pages are read comes twice, or is passed over: every total counts, and each match once
    matches += page.unread + page.matches.filter(isNew).length;
    total = Math.max(total, page.total ?? 0);
    if (page.next === undefined) {
      if (matches < total) gathering.fault('fewer-than-total');
      return;
    }
    const base = endpoint.address;
    const searched = `${base}/${wanted.resourceType}`;
    const next = nextPage(page.next, { base, search: searched, asked, patientBsn });
    if ('fault' in next) return gathering.fault(next.fault);
    if (pages >= settings.pages) return gathering.fault('too-many-pages');
    asked.add(next.url);
    request = { method: 'GET', url: next.url };
  }
}

type Known = { ids: readonly string[]; own: OwnPlaces };

/** The BSN travels in the body only, whatever the endpoint prefers for other searches. */
async function patientIds(question: Question): Promise<Known> {
  const { patientBsn, gathering, settings, endpoint } = question;
  let own = ownPlaces(endpoint.address);
  const ids: string[] = [];
  const patients: FhirResource[] = [];
  const byBsn: Search = {
    resourceType: 'Patient',
    parameters: [['identifier', `${bsnSystem}|${patientBsn}`]],
    by: 'post',
  };
  await search(byBsn, { ...question, own }, (page) => {
    const { resources } = page;
    own = page.own;
    const found = idsOf(resources, patientBsn);
    ids.push(...found);
    patients.push(...resources.filter(({ resourceType }) => resourceType === 'Patient'));
    const known = new Set(found);
    if (resources.some((one) => isOther(one, { bsn: patientBsn, ids: known })))
      gathering.fault('other-patient');
    return gathering.keep(0, page);
  });
  const distinct = new Set(ids);
  if (leadsOn(patients, distinct)) gathering.fault('patient-elsewhere');
  if (distinct.size > settings.patients) gathering.fault('too-many-patients');
  return { ids: [...distinct].slice(0, settings.patients), own };
}

/** Everything goes into `gathering`, as it comes. */
export async function askFhir(question: Question): Promise<void> {
  const { endpoint, gathering, patientBsn, queries, settings } = question;
  const { ids, own } = await patientIds(question);
  const patient = { bsn: patientBsn, ids: new Set(ids) };
  // who the patient is, has been answered by now
  const further = queries.filter(({ resourceType }) => resourceType !== 'Patient');
  const searches = ids.flatMap((id) =>
    further.map(({ resourceType, parameters }): Search => {
      const name = patientParameters[resourceType] ?? 'patient';
      const value = endpoint.patientParameter === 'reference' ? `Patient/${id}` : id;
      // a holder may have made the id of a Patient of the BSN
      const by = names(id, patientBsn) ? 'post' : endpoint.search;
      return { resourceType, parameters: [[name, value], ...parameters], by };
    }),
  );
  await sideBySide(searches, settings.concurrency, (wanted, index) =>
    search(wanted, { ...question, own }, (page) => {
      gathering.answered();
      if (page.resources.some((one) => isOther(one, patient))) gathering.fault('other-patient');
      return gathering.keep(index + 1, page);
    }),
  );
}
