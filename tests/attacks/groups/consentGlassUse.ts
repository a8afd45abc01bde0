// C20: what does a grant open, who hears of it, and when is it over?
import { must, mustAll, type Try } from '../attack.ts';
import { gpD } from '../cast.ts';
import { patients } from '../content.ts';
import { emergency, grantOf, openGlass, refusedBy } from '../glass.ts';
import { hearing, mustHold, silent, wordsIn } from '../hearing.ts';
import { askAs, askCard, askOverview, operate, parameters } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { patientParameter } from '../region.ts';
import { ambulance, outOfHours, pharmacyE } from '../regionCast.ts';
import { directives, search, servedId } from '../searches.ts';
import { type Stage, until } from '../stage.ts';

/** What a grant opens, and to whom it does not. */
export async function opened(stage: Stage): Promise<string> {
  const { region } = stage;
  for (const at of ['d', 'e', 'f'] as const) region.choose('glass', at, false);
  mustHold(await askCard(stage, 'glass'), [], 'before: the patient said no');
  const mark = stage.region.mitzWire.log.length;
  const grant = grantOf(await openGlass(stage));
  const again = grantOf(await openGlass(stage));
  must(grant.id === again.id && grant.stage === 1, 'asking again gives another grant');
  const inGrant = { ...emergency, more: [{ name: 'breakGlass', valueString: grant.id }] };
  const first = await hearing(stage, () => askCard(stage, 'glass', inGrant));
  mustHold(first.result, ['Dglass', 'Eglass', 'Fglass'], 'twin: the card under the grant');
  must(first.heard.closed.length === 0, 'Mitz was asked the closed question in an emergency');
  const missing = refusedBy('break-glass-grant-missing');
  const id = await servedId(stage, 'no', emergency);
  const nobody: Try[] = [
    plain('another patient', () => askCard(stage, 'no', inGrant), missing),
    plain(
      'another patient’s search',
      () => search(stage, { type: 'Consent', pairs: directives(id) }, emergency),
      missing,
    ),
    plain(
      'another professional',
      () =>
        askCard(stage, 'glass', { ...inGrant, vouch: { purpose: ['ETREAT'], practitioner: '900000739' } }),
      missing,
    ),
    plain(
      'another role',
      () => askCard(stage, 'glass', { ...inGrant, vouch: { purpose: ['ETREAT'], role: '30.000' } }),
      refusedBy('break-glass-not-allowed'),
    ),
    plain(
      'another organisation',
      () => askCard(stage, 'glass', { ...inGrant, as: outOfHours }),
      refusedBy('break-glass-not-allowed'),
    ),
    plain('more than the minimum', () => askOverview(stage, 'glass', inGrant), missing),
    plain(
      'the grant for TREAT',
      () => askCard(stage, 'glass', { more: inGrant.more }),
      refusedBy('break-glass-purpose'),
    ),
    plain(
      'another grant’s id',
      () =>
        askCard(stage, 'glass', {
          ...emergency,
          more: [{ name: 'breakGlass', valueString: '7d5f0a9e-0000-4000-8000-000000000000' }],
        }),
      missing,
    ),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, nobody));
  silent(heard);
  must(
    result.every((seen) => wordsIn(seen).length === 0),
    'records in a refusal',
  );
  const heardPurposes = region.mitzWire.log.slice(mark).filter(({ body }) => /ETREAT|BTG/.test(body));
  must(heardPurposes.length === 0, 'Mitz heard of an emergency');
  return `the minimum under its grant; ${nobody.length} other uses refused by name`;
}

export async function widened(stage: Stage): Promise<string> {
  const grant = grantOf(await openGlass(stage));
  const widen = (more: object[], asking = emergency) =>
    operate(
      stage,
      { path: '/r4/$break-glass-widen', body: parameters(patientParameter('glass'), ...more) },
      asking,
    );
  const it = { name: 'breakGlass', valueString: grant.id };
  const reason = { name: 'reason', valueString: 'Onbekende medicatie, mogelijk antistolling in het spel' };
  const tries: Try[] = [
    plain('without reason', () => widen([it]), refusedBy('break-glass-reason-missing')),
    plain('without grant', () => widen([reason]), { status: [403, 422] }),
    plain(
      'by another',
      () => widen([it, reason], { vouch: { purpose: ['ETREAT'], practitioner: '900000739' } }),
      { status: [403, 404, 422] },
    ),
    plain(
      'for another patient',
      () =>
        operate(
          stage,
          { path: '/r4/$break-glass-widen', body: parameters(patientParameter('no'), it, reason) },
          emergency,
        ),
      { status: [403, 404, 422] },
    ),
  ];
  await mustAll(stage, tries);
  const inGrant = { ...emergency, more: [it] };
  const before = await hearing(stage, () => askOverview(stage, 'glass', inGrant));
  must(before.result.status === 403, `before the second step: ${before.result.status}`);
  must(grantOf(await widen([it, reason])).stage === 2, 'the second step');
  mustHold(await askOverview(stage, 'glass', inGrant), ['Dglass', 'Eglass'], 'twin: after the second step');
  return `${tries.length} second steps refused; medication only after the right one`;
}

/** Holder, review list and record hear of it; the reason stands in none that it should not. */
export async function told(stage: Stage): Promise<string> {
  const grant = grantOf(await openGlass(stage));
  await askCard(stage, 'glass', emergency);
  const notices = () => stage.receiver.of(gpD.id);
  await until(() => notices().length > 0, 'the notice of GP-D');
  const rows = await stage.rows(
    `select id, holder_id from break_glass_notice where grant_id = '${grant.id}'`,
  );
  const own = String(rows.find(({ holder_id }) => holder_id === gpD.id)?.id);
  const read = (as = gpD) => askAs(stage, { path: `/r4/Task/${own}` }, { as, vouch: { bare: true } });
  mustBe(await read(), { status: 200 }, 'GP-D reads its notice');
  for (const as of [pharmacyE, ambulance, outOfHours])
    mustBe(await read(as), { status: [403, 404] }, `${as.id} reads it`);
  const sent = JSON.stringify(notices());
  must(
    !sent.includes('Bewusteloos') && !sent.includes(patients.glass.bsn),
    'the notice tells why, or about whom',
  );
  const { out } = await stage.cli(['consent', 'review']);
  must(out.includes(grant.id), `the review list lacks it: ${out.slice(0, 300)}`);
  must(
    !out.includes('Bewusteloos') && !out.includes(patients.glass.bsn),
    'the review list shows the reason unasked',
  );
  const records = await stage.rows(`select body from audit where body like '%${grant.id}%'`);
  const purposes = records.filter(({ body }) => String(body).includes('ETREAT'));
  must(purposes.length > 0, 'no record holds the purpose of its own');
  must(
    records.every(({ body }) => !String(body).includes('Bewusteloos')),
    'a record holds the reason',
  );
  return `the holder was told and reads why, nobody else; the review list and ${purposes.length} records have it`;
}

/** After its end no gateway opens, one with a slow clock neither. */
export async function over(stage: Stage): Promise<string> {
  const grant = grantOf(await openGlass(stage));
  const inGrant = { ...emergency, more: [{ name: 'breakGlass', valueString: grant.id }] };
  mustHold(await askCard(stage, 'glass', inGrant), ['Dglass', 'Eglass', 'Fglass'], 'twin: while it lives');
  const past = new Date(Date.now() - 1_000).toISOString();
  const missing = refusedBy('break-glass-grant-missing');
  const everywhere = (): Try[] =>
    [...stage.urls.keys()].map((gateway) =>
      plain(`gateway ${gateway}`, () => askCard(stage, 'glass', { ...inGrant, gateway }), missing),
    );
  await stage.alter(`update break_glass_grant set ends_at = '${past}' where id = '${grant.id}'`);
  const after = await hearing(stage, () => mustAll(stage, everywhere()));
  silent(after.heard);
  const [row] = await stage.rows(`select ended_at from break_glass_grant where id = '${grant.id}'`);
  await until(
    async () =>
      (await stage.rows(`select ended_at from break_glass_grant where id = '${grant.id}'`))[0]?.ended_at !==
      null,
    `the end is marked (${row?.ended_at})`,
  );
  // to a clock five minutes behind, the end is still to come
  const ahead = new Date(Date.now() + 300_000).toISOString();
  await stage.alter(`update break_glass_grant set ends_at = '${ahead}' where id = '${grant.id}'`);
  const slow = await hearing(stage, () => mustAll(stage, everywhere()));
  silent(slow.heard);
  must(grantOf(await openGlass(stage)).id !== grant.id, 'an ended grant is opened again');
  await stage.alter(`update break_glass_grant set ends_at = '${past}'`);
  return 'after its end refused at each gateway, also where a clock is five minutes behind';
}
