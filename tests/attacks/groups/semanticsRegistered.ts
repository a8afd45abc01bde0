// F22: can somebody change, take back, bring back or move what another registered, or what is registered now?
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { patients } from '../content.ts';
import { parameters } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { ambulance, smallK } from '../regionCast.ts';
import { choose, type More, named, operation, partIn, setOf, shown } from '../registeredSets.ts';
import type { Stage } from '../stage.ts';
import { revoked, unreadable } from './semanticsRevoked.ts';

async function ownership(stage: Stage): Promise<string> {
  choose(stage);
  const first = await operation(stage, 'register-wishes', setOf());
  mustBe(first, { status: [200, 201] }, 'registered');
  const set = String(partIn(first, 'set'));
  const missing = { status: 404, code: 'set-unknown' };
  const foreign = { as: smallK };
  const tries: Try[] = [
    plain(
      'another’s set, by its id',
      () => operation(stage, 'register-wishes', named(set, setOf({ words: 'kwaad' })), foreign),
      missing,
    ),
    plain('revoked by another', () => operation(stage, 'revoke-wishes', named(set), foreign), missing),
    plain('as medication', () => operation(stage, 'revoke-medication', named(set)), missing),
    plain(
      'a set that never was',
      () => operation(stage, 'revoke-wishes', named('11111111-2222-4333-8444-555555555555')),
      missing,
    ),
    plain(
      'by who has no server and no set',
      () => operation(stage, 'revoke-wishes', named(set), { as: ambulance }),
      missing,
    ),
    plain(
      'checked for a version to come',
      () =>
        operation(
          stage,
          'check-wishes',
          parameters({ name: 'set', valueString: set }, { name: 'version', valueInteger: 9 }),
        ),
      missing,
    ),
    plain('under two patients', () => operation(stage, 'register-wishes', setOf({ patient: 'mix' })), {
      status: 409,
      code: 'patient-changed',
    }),
    plain(
      'under two patients, by its id',
      () => operation(stage, 'register-wishes', named(set, setOf({ patient: 'mix' }))),
      { status: 409, code: 'patient-changed' },
    ),
    plain(
      'two patients at once',
      () =>
        operation(stage, 'register-wishes', {
          ...setOf(),
          entry: [
            ...(setOf().entry as object[]),
            ...(setOf({ patient: 'mix' }).entry as object[]).map((one, at) => ({
              ...one,
              fullUrl: `urn:uuid:11111111-2222-4333-8444-00000000000${at}`,
            })),
          ],
        }),
      { status: 422 },
    ),
    plain(
      'a patient beside it',
      () =>
        operation(
          stage,
          'register-wishes',
          parameters(
            {
              name: 'patient',
              valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients.mix.bsn },
            },
            { name: 'content', resource: setOf() },
          ),
        ),
      { status: 422 },
    ),
    plain(
      'no patient',
      () => operation(stage, 'register-wishes', { ...setOf(), entry: (setOf().entry as object[]).slice(1) }),
      { status: 422 },
    ),
    plain(
      'as another participant',
      () =>
        operation(
          stage,
          'register-wishes',
          parameters({ name: 'holder', valueString: 'gp-d' }, { name: 'content', resource: setOf() }),
        ),
      { status: 422 },
    ),
    plain('a set id that is none', () => operation(stage, 'register-wishes', named('../../1', setOf())), {
      status: [400, 422],
    }),
  ];
  const seen = await mustAll(stage, tries);
  stage.recorded.push(...seen.filter(({ status }) => [403, 404, 409, 422].includes(status)));
  const text = await shown(stage);
  must(text.includes('Woorden eerste') && !text.includes('kwaad'), 'the registered words have changed');
  mustBe(
    await operation(stage, 'register-wishes', setOf({ words: 'van Kilo' }), foreign),
    { status: [200, 201] },
    'the same name, of another participant',
  );
  must((await shown(stage)).includes('Woorden eerste'), 'another’s set of the same name took its place');
  mustBe(
    await operation(stage, 'register-wishes', setOf({ words: 'tweede', at: '2026-01-02T00:00:00Z' })),
    { status: 200 },
    'twin: a new version',
  );
  must((await shown(stage)).includes('Woorden tweede'), 'twin: the new version is not given');
  return `${seen.length} attempts on another’s set, or under another patient, refused by name; twin superseded`;
}

async function order(stage: Stage): Promise<string> {
  choose(stage);
  const put = (words: string, at: string, more: More = {}) =>
    operation(stage, 'register-wishes', setOf({ name: 'order', words, at }), more);
  mustBe(await put('een', '2026-02-01T00:00:00Z'), { status: [200, 201] }, 'the first');
  mustBe(await put('twee', '2026-02-02T00:00:00Z'), { status: 200 }, 'the second');
  const superseded = { status: 409, code: 'set-superseded' };
  const tries: Try[] = [
    plain('the first again', () => put('een', '2026-02-01T00:00:00Z'), superseded),
    plain('an older date', () => put('drie', '2025-12-01T00:00:00Z'), { status: 409, code: 'set-older' }),
    plain('older by its zone', () => put('drie', '2026-02-02T00:30:00+01:00'), {
      status: 409,
      code: 'set-older',
    }),
    plain(
      'a stale If-Match',
      () => put('drie', '2026-02-03T00:00:00Z', { headers: { 'if-match': 'W/"1"' } }),
      { status: 412 },
    ),
    plain(
      'a malformed If-Match',
      () => put('drie', '2026-02-03T00:00:00Z', { headers: { 'if-match': 'W/1' } }),
      { status: [400, 412] },
    ),
  ];
  const seen = await mustAll(stage, tries);
  must((await shown(stage)).includes('Woorden twee'), 'the words have changed');
  const rows = await stage.rows('select version, ended_at from registered_version');
  must(
    rows.some(({ ended_at }) => ended_at !== null),
    'no history is kept',
  );
  mustBe(await put('twee', '2026-02-02T00:00:00Z'), { status: 200 }, 'twin: the same again changes nothing');
  const crowd = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      put(`crowd ${at}`, '2026-03-01T00:00:00Z', { headers: { 'if-match': 'W/"2"' } }),
    ),
  );
  const taken = crowd.filter(({ status }) => status === 200);
  must(
    taken.length === 1 && crowd.every(({ status }) => [200, 412].includes(status)),
    `of eight with one If-Match: ${crowd.map(({ status }) => status)}`,
  );
  return `${seen.length} that come too late refused by name; of eight at once one version`;
}

export const semanticsRegistered: readonly Case[] = [
  { id: 'F22', title: 'a set of another, or of another patient', run: ownership },
  { id: 'F22o', title: 'an older version, an earlier one again, a stale one', run: order },
  { id: 'F22r', title: 'a revoked set', run: revoked },
  { id: 'F22u', title: 'what cannot be read as a wish', run: unreadable },
];
