// Does this Consent say yes or no, and of whom? Active with a permit is a yes; inactive is a no; all else permits nothing.
import { consultingCategories, dataCategories } from '../organisationTypes.ts';
import { looksLike, readCodings, type Vocabulary } from '../vocabulary.ts';
import { codeSystems, extensions, knownVersions } from './codes.ts';
import { type CopyLine, everyone, somebody } from './copy.ts';
import { instantKey } from './instantKey.ts';
import { type Coding, type NotifiedConsent, refuseNotification } from './notificationForm.ts';

/** What an operator should look at: it was read as permitting nothing, or its meaning may have changed. */
export type Alarm = 'code-version' | 'written-as-deny' | 'contradiction' | 'condition';

export type ReadConsent = { lines: CopyLine[]; alarms: Alarm[] };
type Place = { path: string; now: Date };

/** Clocks differ a little; a consent of tomorrow is no consent of today. */
const skewMs = 5 * 60_000;

const knownConsent: ReadonlySet<string> = new Set(
  'resourceType id meta text language extension status scope category patient dateTime provision'.split(' '),
);
const knownProvision: ReadonlySet<string> = new Set(['type', 'actor', 'purpose']);
const knownActor: ReadonlySet<string> = new Set(['id', 'role', 'reference']);

const hasMore = (object: object, known: ReadonlySet<string>): boolean =>
  Object.keys(object).some((name) => !known.has(name) && !name.startsWith('_'));

/** A yes may be narrowed by what is not read here: then it is not taken for a plain one. */
function isConditional(consent: NotifiedConsent): boolean {
  const { provision, extension, scope } = consent;
  const others = extension.some((one) => one.url !== extensions.providerCategory);
  const purposes = provision.purpose.some((one) => one.code !== 'TREAT');
  const privacy = scope.coding.some((one) => one.code === 'patient-privacy');
  const narrowed =
    hasMore(consent, knownConsent) ||
    hasMore(provision, knownProvision) ||
    provision.actor.some((actor) => hasMore(actor, knownActor));
  return others || purposes || !privacy || narrowed || provision.actor.length !== 1;
}

function decisionOf(consent: NotifiedConsent): { decision: CopyLine['decision']; alarms: Alarm[] } {
  const { status } = consent;
  const { type } = consent.provision;
  if (status === 'active' && type === 'permit')
    return isConditional(consent)
      ? { decision: 'unclear', alarms: ['condition'] }
      : { decision: 'yes', alarms: [] };
  if (type === 'deny') return { decision: 'no', alarms: ['written-as-deny'] };
  if (status === 'inactive' && type === undefined) return { decision: 'no', alarms: [] };
  return { decision: 'no', alarms: ['contradiction'] };
}

function momentOf(consent: NotifiedConsent, { path, now }: Place): string {
  const key = instantKey(consent.dateTime);
  if (key === undefined) {
    return refuseNotification('notification-time', `${path}.dateTime`, {
      nl: 'Dit is geen tijdstip met tijdzone',
      en: 'This is no instant with a time zone',
    });
  }
  const latest = instantKey(new Date(now.getTime() + skewMs).toISOString()) ?? '';
  if (key > latest) {
    refuseNotification('notification-future', `${path}.dateTime`, {
      nl: 'Dit tijdstip ligt in de toekomst',
      en: 'This instant lies in the future',
    });
  }
  return key;
}

/** Which codes there are, Mitz's own code system says; one in other letters than Mitz writes would match nothing. */
const ofMitz = (system: string, looks: RegExp): Vocabulary => ({
  systems: new Set([system]),
  looks,
  has: (code) => /^[A-Z]+\d+$/.test(code),
});
const dataCategory = ofMitz(codeSystems.dataCategory, looksLike.dataCategory);
const providerCategory = ofMitz(codeSystems.providerCategory, looksLike.consulting);

/** Other classifications are of no matter. */
function categoriesOf(consent: NotifiedConsent, { path }: Place): Coding[] {
  const read = consent.category.map((one) => readCodings(one.coding, dataCategory));
  const categories = read.flatMap((one) => one ?? []);
  if (categories.length > 0 && !read.includes(undefined)) return categories;
  return refuseNotification('notification-category', `${path}.category`, {
    nl: 'Er is geen gegevenscategorie, of een die niet gelezen kan worden',
    en: 'There is no data category, or one that cannot be read',
  });
}

/** Undefined when none is named: a no is then about everyone; to whom a yes is given must be said. */
function consultingOf(consent: NotifiedConsent, { path }: Place): Coding[] | undefined {
  const named = consent.extension.filter((one) => one.url === extensions.providerCategory);
  if (named.length === 0) return undefined;
  const read = named.map(
    (one) => readCodings(one.valueCodeableConcept?.coding ?? [], providerCategory) ?? [],
  );
  if (read.every((codes) => codes.length > 0)) return read.flat();
  return refuseNotification('notification-provider-category', `${path}.extension`, {
    nl: 'Een raadplegende categorie heeft geen code die gelezen kan worden',
    en: 'A consulting category has no code that can be read',
  });
}

/** Far more than there are data categories times consulting categories. */
const mostLines = 2_000;

export function limitLines(count: number, path: string): void {
  if (count <= mostLines) return;
  refuseNotification('notification-size', path, {
    nl: 'Deze notificatie gaat over te veel categorieën',
    en: 'This notification is about too many categories',
  });
}

const isUnknown =
  (codes: readonly string[]) =>
  ({ code = '', version = '' }: Coding): boolean =>
    !knownVersions.has(version) || !codes.includes(code);
const unknownCategory = isUnknown(dataCategories);
const unknownConsulting = isUnknown(consultingCategories);

type Said = { categories: readonly Coding[]; consulting: readonly Coding[]; decision: CopyLine['decision'] };

/** A no in codes that are not known here may be about any: it makes each earlier yes that it might mean unclear. */
function doubtOf({ categories, consulting, decision }: Said): Said | undefined {
  const foreign = categories.some(unknownCategory);
  if (decision !== 'no' || !(foreign || consulting.some(unknownConsulting))) return undefined;
  const doubted = foreign ? dataCategories.map((code): Coding => ({ code })) : categories;
  return { categories: doubted, consulting: [{ code: somebody }], decision: 'unclear' };
}

/** One line for each data category and consulting category. Throws `unprocessable` when it cannot be said what it is about. */
export function readConsent(consent: NotifiedConsent, place: Place): ReadConsent {
  const times = { decidedAt: momentOf(consent, place), receivedAt: place.now.toISOString() };
  const categories = categoriesOf(consent, place);
  const named = consultingOf(consent, place);
  const said = decisionOf(consent);
  const unknown = categories.some(unknownCategory) || (named ?? []).some(unknownConsulting);
  const vague = said.decision === 'yes' && (unknown || !named);
  const decision = vague ? 'unclear' : said.decision;
  const consulting = named ?? [{ code: decision === 'no' ? everyone : somebody }];
  limitLines(categories.length * consulting.length, place.path);
  const doubt = doubtOf({ categories, consulting: named ?? [], decision });
  const alarms: Alarm[] = [...said.alarms, ...(unknown ? (['code-version'] as const) : [])];
  return {
    lines: [{ categories, consulting, decision }, ...(doubt ? [doubt] : [])].flatMap(linesOf(times)),
    alarms: vague && !unknown ? [...alarms, 'condition'] : alarms,
  };
}

const linesOf =
  (times: Pick<CopyLine, 'decidedAt' | 'receivedAt'>) =>
  ({ categories, consulting, decision }: Said): CopyLine[] =>
    categories.flatMap(({ code = '', version }) =>
      consulting.map((one) => ({
        category: code,
        consulting: one.code ?? '',
        decision,
        ...times,
        ...(version !== undefined && { version }),
      })),
    );
