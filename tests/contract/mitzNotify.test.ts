// Does a changed mind arrive, whole and in the right order? Subscriptions, notifications and copies on both stores, over HTTP.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEpoch } from '../../src/consent/epoch.ts';
import type { FhirResource } from '../../src/model.ts';
import { recordsOf } from './identityCast.ts';
import { type NotifyStage, notice, startNotifyStage } from './mitzNotifyStage.ts';
import { bsn, hospital, otherBsn, practice, practiceUra, question } from './mitzStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const asked = (change = {}) => question({ categories: ['GGC002'], ...change });
const entryAt = (bundle: FhirResource, at: number) =>
  (bundle.entry as { resource: Record<string, unknown> & { provision: Record<string, unknown> } }[])[at]!;

describe.each(storeKinds)('on %s', (kind) => {
  let stage: NotifyStage;
  beforeAll(async () => {
    stage = await startNotifyStage(kind);
  });
  afterAll(() => stage.end());
  beforeEach(async () => {
    stage.sandbox.setFault(undefined);
    stage.time.offsetMs = 0;
    stage.alarms.length = 0;
    for (const patient of [bsn, otherBsn]) await stage.mitz.subscriptions.unsubscribe(patient, practice);
    (stage.sandbox.subscriptions as Map<string, unknown>).clear();
    await stage.mitz.subscriptions.subscribe({ bsn, birthDate: '1940-05-01' }, practice);
    stage.sandbox.requests.length = 0;
  });

  const decision = async (change = {}) => {
    const answer = await stage.mitz.notified(asked(change));
    return answer.state === 'answered' ? answer.decisions.get('GGC002') : answer.reason;
  };
  const epoch = () => readEpoch(stage.store, stage.store.hash('bsn', bsn));

  describe('a subscription', () => {
    it('is taken by Mitz as it wants it, and kept without a BSN to be seen', async () => {
      const [mine] = stage.sandbox.subscriptions.values();
      expect(mine).toMatchObject({ bsn, holderUra: practiceUra, holderType: 'Z3', birthDate: '1940-05-01' });
      const [row] = await stage.mitz.subscriptions.list();
      expect(row).toMatchObject({
        state: 'active',
        mitz_id: mine?.id,
        holder_id: 'practice',
        last_reason: null,
      });
      const tables = ['mitz_subscription', 'mitz_copy', 'payload'] as const;
      for (const table of tables) {
        const { rows } = await sql`select * from ${sql.table(table)}`.execute(stage.store.read);
        expect(JSON.stringify(rows)).not.toContain(bsn);
      }
    });

    it('is made once, however often it is wanted, and its begin and end are on the record', async () => {
      expect(await stage.mitz.subscriptions.subscribe({ bsn }, practice)).toBe('active');
      expect(stage.sandbox.requests).toEqual([]);
      await stage.mitz.subscriptions.unsubscribe(bsn, practice);
      expect((await recordsOf(stage.store)).slice(-2)).toMatchObject([
        { event: 'mitz.subscribed', action: 'C', outcome: 'success', detail: { holder: 'practice' } },
        { event: 'mitz.unsubscribed', action: 'D', outcome: 'success', detail: { holder: 'practice' } },
      ]);
    });

    it('waits when Mitz is down, and is asked again later', async () => {
      stage.sandbox.setFault({ kind: 'fail' });
      expect(await stage.mitz.subscriptions.subscribe({ bsn: otherBsn }, practice)).toBe('wanted');
      stage.sandbox.setFault(undefined);
      expect(await stage.mitz.subscriptions.sendDue()).toBe(0);
      stage.time.offsetMs = 61_000;
      expect(await stage.mitz.subscriptions.sendDue()).toBe(1);
      const states = (await stage.mitz.subscriptions.list()).map((one) => [one.state, one.attempts]);
      expect(states).toEqual([
        ['active', 0],
        ['active', 0],
      ]);
    });

    it('without the id that Mitz gives is none', async () => {
      stage.sandbox.setFault({ kind: 'empty' });
      expect(await stage.mitz.subscriptions.subscribe({ bsn: otherBsn }, practice)).toBe('wanted');
      const rows = await stage.mitz.subscriptions.list();
      expect(rows.map((one) => one.last_reason)).toContain('no-location');
    });

    it('is renewed in time, and the one before it ended', async () => {
      const [before] = stage.sandbox.subscriptions.keys();
      stage.time.offsetMs = 91 * 86_400_000;
      await stage.mitz.subscriptions.sendDue();
      const after = [...stage.sandbox.subscriptions.keys()];
      expect(after).toHaveLength(1);
      expect(after).not.toContain(before);
    });

    it('is ended at Mitz and forgotten here, with its copy', async () => {
      await stage.tell(notice());
      expect(await stage.mitz.subscriptions.unsubscribe(bsn, practice)).toBe('none');
      expect(stage.sandbox.subscriptions.size).toBe(0);
      expect(await stage.copyOf()).toBeUndefined();
      const { rows } = await sql`select 1 from payload`.execute(stage.store.read);
      expect(rows).toEqual([]);
    });

    it('ends later when Mitz is down, and nothing is believed meanwhile', async () => {
      stage.sandbox.setFault({ kind: 'fail' });
      expect(await stage.mitz.subscriptions.unsubscribe(bsn, practice)).toBe('ending');
      expect((await stage.tell(notice())).status).toBe(403);
      stage.sandbox.setFault(undefined);
      stage.time.offsetMs = 61_000;
      await stage.mitz.subscriptions.sendDue();
      expect(stage.sandbox.subscriptions.size).toBe(0);
    });

    it('is to end in the unit that takes the patient out, or not at all', async () => {
      await stage.tell(notice());
      const fails = stage.store.write(async (unit) => {
        await stage.mitz.subscriptions.planEnd(unit, { bsn, holder: practice });
        throw new Error('not withdrawn');
      });
      await expect(fails).rejects.toThrow('not withdrawn');
      expect(await stage.copyOf()).toBeDefined();
      await stage.store.write((unit) => stage.mitz.subscriptions.planEnd(unit, { bsn, holder: practice }));
      expect(await stage.copyOf()).toBeUndefined();
      expect(stage.sandbox.subscriptions.size).toBe(1);
      expect(await stage.mitz.subscriptions.sendDue()).toBe(1);
      expect(stage.sandbox.subscriptions.size).toBe(0);
    });

    it('is planned in the unit that registers the patient, or not at all', async () => {
      const fails = stage.store.write(async (unit) => {
        await stage.mitz.subscriptions.plan(unit, { bsn: otherBsn }, practice);
        throw new Error('not registered');
      });
      await expect(fails).rejects.toThrow('not registered');
      expect(await stage.mitz.subscriptions.list()).toHaveLength(1);
      await stage.store.write((unit) => stage.mitz.subscriptions.plan(unit, { bsn: otherBsn }, practice));
      expect(await stage.mitz.subscriptions.sendDue()).toBe(1);
      expect(stage.sandbox.subscriptions.size).toBe(2);
    });
  });

  describe('a notification', () => {
    it('brings the whole choice, and the copy answers for it', async () => {
      stage.sandbox.setChoice({ bsn, holderUra: practiceUra, permit: false });
      stage.sandbox.setChoice({
        bsn,
        holderUra: practiceUra,
        category: 'GGC002',
        consulting: 'RPZAC104',
        permit: true,
      });
      expect(await stage.sandbox.notify(bsn, practiceUra)).toEqual([204]);
      const answer = await stage.mitz.notified(question({ categories: ['GGC002', 'GGC013', 'GGC007'] }));
      expect(answer).toMatchObject({
        state: 'answered',
        decisions: new Map([
          ['GGC002', 'permit'],
          ['GGC013', 'deny'],
        ]),
      });
      expect(answer.state === 'answered' && Date.now() - (answer.asOf?.getTime() ?? 0)).toBeLessThan(10_000);
      expect(stage.alarms).toEqual([]);
    });

    it('that comes while its copy is read is what is read then, and nothing is missing', async () => {
      await stage.tell(notice());
      const before = await stage.copyOf();
      const real = stage.store.open;
      vi.spyOn(stage.store, 'open').mockImplementationOnce(async (...asked) => {
        await stage.tell(notice({ permit: false, at: '2026-03-03T10:00:00Z' }));
        return real(...asked);
      });
      const after = await stage.copyOf();
      expect(after?.revision).toBe((before?.revision ?? 0) + 1);
      expect(after?.lines.map((one) => one.decision)).toContain('no');
      expect(stage.ground.alarms).toEqual([]);
    });

    it('that says no drops remembered permits at once', async () => {
      await stage.tell(notice());
      expect(await decision()).toBe('permit');
      const before = await epoch();
      expect((await stage.tell(notice({ permit: false, at: '2026-03-02T10:00:00.1234568Z' }))).status).toBe(
        204,
      );
      expect(await decision()).toBe('deny');
      expect(await epoch()).toBe(before + 1);
    });

    it('older, equal or repeated changes nothing', async () => {
      await stage.tell(notice({ permit: false, at: '2026-03-02T10:00:00.1234567Z' }));
      const before = [await stage.copyOf(), await epoch()];
      for (const at of [
        '2026-03-02T10:00:00.1234566Z',
        '2026-03-02T10:00:00.123456699Z',
        '2026-03-02T11:00:00.1234567+01:00',
        '2026-03-02T10:00:00Z',
      ])
        expect((await stage.tell(notice({ at }))).status).toBe(204);
      expect([await stage.copyOf(), await epoch()]).toEqual(before);
      await stage.tell(notice({ at: '2026-03-02T10:00:00.123456701Z' }));
      expect(await decision()).toBe('permit');
    });

    it('of one moment with both words is a no', async () => {
      const both = notice();
      const refusal = notice({ permit: false });
      (both.entry as unknown[]).push(entryAt(refusal, 0));
      entryAt(both, 3).resource.patient = entryAt(both, 0).resource.patient;
      entryAt(both, 3).resource.provision.actor = entryAt(both, 0).resource.provision.actor;
      expect((await stage.tell(both)).status).toBe(204);
      expect(await decision()).toBe('deny');
    });

    const words: readonly [
      string,
      (consent: ReturnType<typeof entryAt>['resource']) => void,
      string,
      string?,
    ][] = [
      [
        'inactive without a type',
        (one) => {
          one.status = 'inactive';
          delete one.provision.type;
        },
        'deny',
      ],
      [
        'inactive with a permit',
        (one) => {
          one.status = 'inactive';
        },
        'deny',
        'contradiction',
      ],
      [
        'a written deny',
        (one) => {
          one.provision.type = 'deny';
        },
        'deny',
        'written-as-deny',
      ],
      [
        'active without a type',
        (one) => {
          delete one.provision.type;
        },
        'deny',
        'contradiction',
      ],
      [
        'a draft',
        (one) => {
          one.status = 'draft';
        },
        'deny',
        'contradiction',
      ],
      [
        'a period',
        (one) => {
          one.provision.period = { end: '2030-01-01' };
        },
        'indeterminate',
        'condition',
      ],
      [
        'another purpose',
        (one) => {
          one.provision.purpose = [{ system: 'http://hl7.org/fhir/v3/ActReason', code: 'HRESCH' }];
        },
        'indeterminate',
        'condition',
      ],
      [
        'another scope',
        (one) => {
          one.scope = { coding: [{ code: 'research' }] };
        },
        'indeterminate',
        'condition',
      ],
      [
        'a nested provision',
        (one) => {
          one.provision.provision = [{ type: 'deny' }];
        },
        'indeterminate',
        'condition',
      ],
      [
        'an extension that is not known',
        (one) => {
          (one.extension as unknown[]).push({ url: 'urn:x', valueBoolean: true });
        },
        'indeterminate',
        'condition',
      ],
      [
        'codes of another version',
        (one) => {
          (one.category as { coding: { version: string }[] }[])[0]!.coding[0]!.version = '4000000';
        },
        'indeterminate',
        'code-version',
      ],
      [
        'nobody in particular',
        (one) => {
          delete one.extension;
        },
        'indeterminate',
        'condition',
      ],
    ];
    it.each(words)('with %s permits nothing', async (...[, change, read, alarm]) => {
      const bundle = notice();
      change(entryAt(bundle, 0).resource);
      expect((await stage.tell(bundle)).status).toBe(204);
      expect(await decision()).toBe(read);
      expect(stage.alarms).toEqual(alarm ? [alarm] : []);
    });

    it('that says no to nobody in particular says it to all', async () => {
      const bundle = notice({ permit: false });
      delete entryAt(bundle, 0).resource.extension;
      await stage.tell(bundle);
      expect(await decision()).toBe('deny');
    });

    const newer = '2026-03-03T10:00:00Z';
    type Coded = { coding: Record<string, string>[] };
    it.each<[string, string, (consent: ReturnType<typeof entryAt>['resource']) => void]>([
      ['of a known catalogue', 'permit', () => undefined],
      [
        'of another catalogue',
        'indeterminate',
        (one) => {
          Object.assign(
            (one.extension as { valueCodeableConcept: Coded }[])[0]!.valueCodeableConcept.coding[0]!,
            {
              version: '4000000',
            },
          );
        },
      ],
      [
        'that is not known',
        'indeterminate',
        (one) => {
          Object.assign(
            (one.extension as { valueCodeableConcept: Coded }[])[0]!.valueCodeableConcept.coding[0]!,
            {
              code: 'RPZAC105',
            },
          );
        },
      ],
      [
        'that is not known, for data that are not',
        'indeterminate',
        (one) => {
          (one.category as Coded[])[0]!.coding[0]!.code = 'GGC022';
        },
      ],
    ])('with a no to a category %s leaves an earlier yes to another: %s', async (_name, read, change) => {
      await stage.tell(notice());
      const bundle = notice({ permit: false, at: newer });
      const { resource } = entryAt(bundle, 0);
      const [consulting] = resource.extension as { valueCodeableConcept: Coded }[];
      consulting!.valueCodeableConcept.coding[0]!.code = 'RPZAC001';
      change(resource);
      expect((await stage.tell(bundle)).status).toBe(204);
      expect(await decision()).toBe(read);
      expect(stage.alarms).toEqual(read === 'permit' ? [] : ['code-version']);
    });

    it('in words that are not known takes back no earlier no', async () => {
      await stage.tell(notice({ permit: false }));
      const bundle = notice({ permit: false, at: newer });
      const [consulting] = entryAt(bundle, 0).resource.extension as { valueCodeableConcept: Coded }[];
      consulting!.valueCodeableConcept.coding[0]!.code = 'RPZAC105';
      await stage.tell(bundle);
      const vague = notice({ at: '2026-03-04T10:00:00Z' });
      delete entryAt(vague, 0).resource.extension;
      await stage.tell(vague);
      expect(await decision()).toBe('deny');
      await stage.tell(notice({ at: '2026-03-05T10:00:00Z' }));
      expect(await decision()).toBe('permit');
    });

    const faults: readonly [string, (bundle: FhirResource) => void][] = [
      [
        'notification-form',
        (one) => {
          one.type = 'collection';
        },
      ],
      [
        'notification-form',
        (one) => {
          delete entryAt(one, 0).resource.dateTime;
        },
      ],
      [
        'notification-form',
        (one) => {
          Object.assign(entryAt(one, 0), { request: { method: 'PUT', url: 'Consent/1' } });
        },
      ],
      [
        'notification-form',
        (one) => {
          Object.assign(entryAt(one, 1).resource, { resourceType: 'Device' });
        },
      ],
      [
        'notification-link',
        (one) => {
          Object.assign(entryAt(one, 1), { fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000000' });
        },
      ],
      [
        'notification-link',
        (one) => {
          (one.entry as unknown[]).push(entryAt(one, 1));
        },
      ],
      [
        'notification-patient',
        (one) => {
          entryAt(one, 1).resource.identifier = [
            { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '123456789' },
          ];
        },
      ],
      [
        'notification-holder',
        (one) => {
          delete entryAt(one, 2).resource.identifier;
        },
      ],
      [
        'notification-holder',
        (one) => {
          (entryAt(one, 0).resource.provision.actor as { role: unknown }[])[0]!.role = { text: 'x' };
        },
      ],
      [
        'notification-time',
        (one) => {
          entryAt(one, 0).resource.dateTime = '2026-03-02';
        },
      ],
      [
        'notification-time',
        (one) => {
          entryAt(one, 0).resource.dateTime = '2026-03-02T10:00:00.1234567890123Z';
        },
      ],
      [
        'notification-future',
        (one) => {
          entryAt(one, 0).resource.dateTime = new Date(Date.now() + 365 * 86_400_000).toISOString();
        },
      ],
      [
        'notification-category',
        (one) => {
          entryAt(one, 0).resource.category = [{ coding: [{ system: 'urn:x', code: 'GGC002' }] }];
        },
      ],
      [
        'notification-provider-category',
        (one) => {
          entryAt(one, 0).resource.extension = [
            {
              url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
              valueCodeableConcept: { text: 'x' },
            },
          ];
        },
      ],
      [
        'notification-size',
        (one) => {
          const { resource } = entryAt(one, 0);
          const [first] = resource.category as [{ coding: object[] }];
          resource.category = Array.from({ length: 2_001 }, () => first);
        },
      ],
      [
        'notification-empty',
        (one) => {
          (one.entry as unknown[]).shift();
        },
      ],
    ];
    it.each(faults)('is refused whole: %s', async (reason, change) => {
      await stage.tell(notice({ permit: false, at: '2026-03-01T10:00:00Z' }));
      const before = [await stage.copyOf(), await epoch()];
      const bundle = notice();
      change(bundle);
      const { status, text } = await stage.tell(bundle);
      expect([status, text]).toEqual([422, expect.stringContaining(reason)]);
      expect(text).not.toContain(bsn);
      expect([await stage.copyOf(), await epoch()]).toEqual(before);
      expect((await recordsOf(stage.store)).at(-1)).toMatchObject({
        event: 'mitz.notified',
        outcome: 'refused',
        reason,
      });
      expect(stage.alarms).toEqual(['notification-unreadable']);
    });

    it('of Mitz that is refused for its form is told to the operator; what others send is not', async () => {
      await stage.tell('no JSON at all');
      await stage.tell({ ...notice(), unknown: 'element' });
      await stage.tell('<Bundle/>', { ...stage.bearer, 'content-type': 'text/html' });
      expect(stage.alarms).toEqual(Array.from({ length: 3 }, () => 'notification-unreadable'));
      await stage.tell('no JSON at all', { authorization: 'Bearer nobody' });
      await stage.tell(notice({ of: otherBsn }));
      expect(stage.alarms).toHaveLength(3);
    });

    it('about two patients is kept for both or for none', async () => {
      const bundle = notice();
      const other = notice({ of: otherBsn });
      bundle.entry = [...(bundle.entry as unknown[]), ...(other.entry as unknown[])];
      const { status, text } = await stage.tell(bundle);
      expect([status, text]).toEqual([403, expect.stringContaining('not-subscribed')]);
      expect(await stage.copyOf()).toBeUndefined();
      expect(stage.alarms).toEqual(['notification-unreadable']);
      await stage.mitz.subscriptions.subscribe({ bsn: otherBsn }, practice);
      expect((await stage.tell(bundle)).status).toBe(204);
      expect([await stage.copyOf(), await stage.copyOf(otherBsn)]).toEqual([
        expect.anything(),
        expect.anything(),
      ]);
    });

    it.each([
      ['a patient', { of: otherBsn }],
      ['a holder', { ura: '90000909' }],
    ])('about %s that was not subscribed to is refused', async (_name, change) => {
      expect((await stage.tell(notice(change))).status).toBe(403);
      expect((await recordsOf(stage.store)).at(-1)).toMatchObject({
        outcome: 'refused',
        reason: 'not-subscribed',
      });
    });

    it('meets others about the same patient without losing the last word', async () => {
      const at = (second: number) => `2026-03-02T10:00:${String(second).padStart(2, '0')}.1234567Z`;
      const order = [7, 3, 12, 1, 9, 4, 11, 2, 8, 5, 10, 6];
      const answers = await Promise.all(
        order.map((second) => stage.tell(notice({ at: at(second), permit: second !== 12 }))),
      );
      expect(answers.map((one) => one.status)).toEqual(order.map(() => 204));
      expect(await decision()).toBe('deny');
      const { rows } = await sql`select 1 from payload`.execute(stage.store.read);
      expect(rows).toHaveLength(2);
    });

    it('is on record with its bringer and its patient, without its words', async () => {
      await stage.tell(notice());
      const record = (await recordsOf(stage.store)).at(-1);
      expect(record).toMatchObject({
        event: 'mitz.notified',
        outcome: 'success',
        clientId: 'epd-a-system',
        detail: { holder: 'practice', changed: 1, ignored: 0 },
      });
      expect(JSON.stringify(record)).not.toMatch(/permit|deny|999911120/);
    });
  });

  describe('the copy', () => {
    it.each([
      ['another patient', { patientBsn: otherBsn }],
      ['another category', { categories: ['GGC013'] }],
      ['another holder', { holder: hospital }],
    ])('says nothing of %s', async (_name, change) => {
      await stage.tell(notice());
      expect(await stage.mitz.notified(asked(change))).toEqual({ state: 'answered', decisions: new Map() });
    });

    it('holds a no to treatment data for medication, of which it tells nothing, and no yes', async () => {
      await stage.tell(notice({ permit: false }));
      const medication = asked({ categories: ['GGC007', 'GGC013'] });
      const decisions = new Map([['GGC013', 'deny']]);
      expect(await stage.mitz.notified(medication)).toMatchObject({ state: 'answered', decisions });
    });

    it('is no answer for an organisation of no known type', async () => {
      const participant = { ...hospital, facilityType: 'ZZ' };
      const requester = { ...question().requester, participant };
      expect(await decision({ requester })).toBe('input-organisation-type');
    });

    it('holds a no for presumed consent, too', async () => {
      await stage.tell(notice({ permit: false }));
      expect(await decision({ purposeOfUse: 'COC' })).toBe('deny');
    });

    it('does not take one consulting category for another', async () => {
      await stage.tell(notice());
      const requester = {
        ...question().requester,
        participant: { ...question().requester.participant, facilityType: 'Z3' },
      };
      expect(await decision({ requester })).toBeUndefined();
    });
  });
});

const sample = fileURLToPath(
  new URL('../../../shared/corpus/trust/mitz/example_notification_bundle.xml', import.meta.url),
);
it.skipIf(!existsSync(sample))('the published notification is read', async () => {
  const stage = await startNotifyStage('sqlite');
  const holder = {
    ...practice,
    identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '00000659' }],
  };
  await stage.mitz.subscriptions.subscribe({ bsn: '900186021' }, holder);
  const { status } = await stage.tell(readFileSync(sample, 'utf8'), {
    ...stage.bearer,
    'content-type': 'application/fhir+xml',
  });
  expect(status).toBe(204);
  const ask = (facilityType: string) =>
    stage.mitz.notified(
      question({
        patientBsn: '900186021',
        holder,
        categories: ['GGC002'],
        requester: { ...question().requester, participant: { ...practice, facilityType } },
      }),
    );
  expect(await ask('J8')).toMatchObject({ decisions: new Map([['GGC002', 'permit']]) });
  for (const type of ['Z3', 'V4', 'R5', 'G5', 'G3'])
    expect(await ask(type)).toMatchObject({ decisions: new Map([['GGC002', 'deny']]) });
  await stage.end();
});
