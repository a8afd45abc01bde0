// How does a case ask for wishes or medication? As somebody, for a reason, about a patient; and what did the holders and Mitz hear of it?
import type { FhirResource } from '../../src/model.ts';
import { signedAssertion, tokenForm } from './assertions.ts';
import { must } from './attack.ts';
import { clientOf, type Known, keyOf } from './cast.ts';
import { fhirJson } from './handovers.ts';
import { patientParameter, uraOf } from './region.ts';
import { ambulance, holderSketches } from './regionCast.ts';
import { knownPatients, type PatientName } from './regionRecords.ts';
import type { Ask, Seen, Stage } from './stage.ts';

/** What the asking system vouches for. `undefined` leaves a member out; `b2b` and `mandate` are written as they are. */
export type Vouch = {
  practitioner?: string | undefined;
  role?: string | undefined;
  purpose?: unknown;
  organisation?: string;
  mandate?: { registered_by: string; role_code?: string };
  b2b?: unknown;
  scope?: string;
  /** No claims at all. */
  bare?: boolean;
};

const usual = { practitioner: '900000731', role: '01.071', purpose: ['TREAT'] };

export function extensionsOf(who: Known, vouch: Vouch): Record<string, unknown> {
  const { practitioner, role, purpose, organisation, mandate, b2b } = { ...usual, ...vouch };
  const object = {
    version: '1',
    ...(practitioner === undefined ? {} : { subject_id: `urn:oid:2.16.528.1.1007.3.1#${practitioner}` }),
    ...(role === undefined ? {} : { subject_role: role }),
    organization_id: organisation ?? `urn:oid:2.16.528.1.1007.3.3#${uraOf(who)}`,
    ...(purpose === undefined ? {} : { purpose_of_use: purpose }),
  };
  return { 'hl7-b2b': 'b2b' in vouch ? b2b : object, ...(mandate ? { 'nl-mandate': mandate } : {}) };
}

/** Asks a token with these claims; the answer as it came. */
export function askToken(stage: Stage, who: Known, vouch: Vouch = {}): Promise<Seen> {
  const clientId = who.id === 'evil-m' ? 'evil-m-good' : clientOf(who);
  const claims = vouch.bare ? {} : { extensions: extensionsOf(who, vouch) };
  const assertion = signedAssertion(stage.baseUrl, { clientId, key: keyOf(who), claims });
  const more: Record<string, string> = vouch.scope === undefined ? {} : { scope: vouch.scope };
  return stage.ask({
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: tokenForm(assertion, more),
  });
}

const kept = new Map<string, { token: string; until: number }>();

/** A token with these claims; the same one again while it lives. */
export async function tokenFor(stage: Stage, who: Known, vouch: Vouch = {}): Promise<string> {
  const key = JSON.stringify([
    stage.baseUrl,
    who.id,
    Object.entries(vouch).map(([name, value]) => [name, value ?? 0]),
  ]);
  const known = kept.get(key);
  if (known && known.until > Date.now()) return known.token;
  const seen = await askToken(stage, who, vouch);
  must(seen.status === 200, `no token for ${who.id}: ${seen.status} ${seen.text.slice(0, 200)}`);
  const { access_token: token } = JSON.parse(seen.text) as { access_token: string };
  kept.set(key, { token, until: Date.now() + 200_000 });
  return token;
}

export type Asking = { as?: Known; vouch?: Vouch; gateway?: number; headers?: Record<string, string> };

/** One request with a token of the ambulance, or of who else asks. */
export async function askAs(stage: Stage, ask: Omit<Ask, 'as'>, asking: Asking = {}): Promise<Seen> {
  const { as = ambulance, vouch = {}, gateway, headers = {} } = asking;
  const authorization = `Bearer ${await tokenFor(stage, as, vouch)}`;
  return stage.ask({
    ...ask,
    ...(gateway === undefined ? {} : { gateway }),
    headers: { authorization, ...ask.headers, ...headers },
  });
}

export const parameters = (...parameter: object[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter,
});

export const operate = (
  stage: Stage,
  { path, body }: { path: string; body: unknown },
  asking: Asking = {},
): Promise<Seen> =>
  askAs(
    stage,
    {
      method: 'POST',
      path,
      headers: fhirJson,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    asking,
  );

export type Question = Asking & { more?: readonly object[] };

/** `$wishes`: the card alone, unless `more` asks for all. */
export const askWishes = (
  stage: Stage,
  name: PatientName,
  { more, ...asking }: Question = {},
): Promise<Seen> =>
  operate(
    stage,
    {
      path: '/r4/$wishes',
      body: parameters(patientParameter(name), ...(more ?? [])),
    },
    asking,
  );

export const askMedication = (
  stage: Stage,
  name: PatientName,
  { more, ...asking }: Question = {},
): Promise<Seen> =>
  operate(
    stage,
    { path: '/r4/$medication-overview', body: parameters(patientParameter(name), ...(more ?? [])) },
    asking,
  );

export const theCard = { name: 'answer', valueCode: 'card' };

export const theOverview = { name: 'answer', valueCode: 'overview' };

export const askCard = (stage: Stage, name: PatientName, question: Question = {}): Promise<Seen> =>
  askWishes(stage, name, { ...question, more: [theCard, ...(question.more ?? [])] });

export const askOverview = (stage: Stage, name: PatientName, question: Question = {}): Promise<Seen> =>
  askMedication(stage, name, { ...question, more: [theOverview, ...(question.more ?? [])] });

/** Every holder tells the regional index of its patients; HANG-G of nobody. */
export async function enterPatients(stage: Stage, names = knownPatients): Promise<void> {
  const entries = names.flatMap((name) =>
    (['d', 'e', 'f'] as const).flatMap((at) =>
      holderSketches[at].exchanges.map((exchange) => ({ name, at, exchange })),
    ),
  );
  for (const { name, at, exchange } of entries) {
    const body = parameters(patientParameter(name), { name: 'exchange', valueString: exchange });
    const seen = await stage.ask({
      method: 'POST',
      path: '/r4/$register-patient',
      as: holderSketches[at].who,
      headers: fhirJson,
      body: JSON.stringify(body),
    });
    if (![200, 201].includes(seen.status)) throw new Error(`not entered: ${seen.status} ${seen.text}`);
  }
}
