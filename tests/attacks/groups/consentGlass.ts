// C20: where there is break-glass, does it open the minimum, for one patient, one professional and a short time, and does everybody hear of it?
import { type Case, type Expected, must, mustAll, type Try } from '../attack.ts';
import { gpD } from '../cast.ts';
import { patients } from '../content.ts';
import { emergency, openGlass, refusedBy, words } from '../glass.ts';
import { hearing, silent } from '../hearing.ts';
import { type Asking, askCard, operate, parameters } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { patientParameter } from '../region.ts';
import { outOfHours, pharmacyE } from '../regionCast.ts';
import type { Stage } from '../stage.ts';
import { opened, over, told, widened } from './consentGlassUse.ts';

/** The ways in which a reason can be none, or hold what it must not. */
function reasons(): [name: string, reason: object, expected: Expected][] {
  const { bsn } = patients.glass;
  const wide = [...bsn].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
  const withNumber = (number: string) => ({ valueString: `${words}, nummer ${number} op de pas` });
  const bsnRefused = refusedBy('break-glass-reason-bsn');
  return [
    ['spaces', { valueString: ' '.repeat(60) }, { status: 422 }],
    [
      'no-break spaces',
      { valueString: '\u00a0\u200b\u2003'.repeat(30) },
      refusedBy('break-glass-reason-too-short'),
    ],
    ['one letter', { valueString: 'x'.repeat(60) }, refusedBy('break-glass-reason-too-short')],
    ['dots', { valueString: '.'.repeat(60) }, refusedBy('break-glass-reason-too-short')],
    ['short', { valueString: 'spoed' }, refusedBy('break-glass-reason-too-short')],
    ['1 MB', { valueString: 'Bewusteloos '.repeat(90_000) }, refusedBy('break-glass-reason-too-long')],
    ['a code', { valueCode: 'spoed' }, refusedBy('break-glass-reason-missing')],
    ['a number', { valueInteger: 1 }, refusedBy('break-glass-reason-missing')],
    ['the BSN', withNumber(bsn), bsnRefused],
    ['the BSN of another', withNumber(patients.mix.bsn), bsnRefused],
    ['the BSN with spaces', withNumber([...bsn].join(' ')), bsnRefused],
    ['the BSN with dots', withNumber(bsn.replace(/(...)(...)(...)/, '$1.$2.$3')), bsnRefused],
    ['the BSN with hyphens', withNumber(bsn.replace(/(....)(..)(...)/, '$1-$2-$3')), bsnRefused],
    ['the BSN with slashes', withNumber(bsn.replace(/(...)(...)(...)/, '$1/$2/$3')), bsnRefused],
    ['the BSN with commas', withNumber(bsn.replace(/(...)(...)(...)/, '$1,$2,$3')), bsnRefused],
    ['the BSN with underscores', withNumber(bsn.replace(/(...)(...)(...)/, '$1_$2_$3')), bsnRefused],
    ['the BSN over two lines', withNumber(bsn.replace(/(....)/, '$1\n')), bsnRefused],
    ['the BSN with two spaces', withNumber(bsn.replace(/(....)/, '$1  ')), bsnRefused],
    ['the BSN with zero-width signs', withNumber([...bsn].join('\u200b')), bsnRefused],
    ['the BSN in full width', withNumber(wide), bsnRefused],
    ['the BSN with letters around', withNumber(`bsn${bsn}x`), bsnRefused],
  ];
}

async function badReasons(stage: Stage): Promise<string> {
  const rows = reasons();
  const tries = rows.map(
    ([name, reason, expected]): Try =>
      plain(
        name,
        () => openGlass(stage, { reason }),
        name === '1 MB' ? { status: [403, 413, 422] } : expected,
      ),
  );
  const body = (...rest: object[]) => parameters(patientParameter('glass'), ...rest);
  const missing = { status: 422, code: 'break-glass-reason-missing' };
  const twice = { name: 'reason', valueString: words };
  tries.push(
    plain('none', () => operate(stage, { path: '/r4/$break-glass', body: body() }, emergency), missing),
    plain(
      'twice',
      () => operate(stage, { path: '/r4/$break-glass', body: body(twice, twice) }, emergency),
      missing,
    ),
  );
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  stage.recorded.push(...result.filter(({ status }) => status === 422));
  const rowsLeft = await stage.rows('select id from break_glass_grant where ended_at is null');
  must(rowsLeft.length === 0, `${rowsLeft.length} grants were opened all the same`);
  return `${result.length} reasons refused by name; no grant; nobody asked`;
}

async function badAskers(stage: Stage): Promise<string> {
  const code = refusedBy('break-glass-not-allowed');
  const ask = (name: string, ...[asking, expected = code]: [Asking, Expected?]): Try =>
    plain(name, () => openGlass(stage, {}, asking), expected);
  const purpose = ['ETREAT'];
  const tries = [
    ask('a GP’s role', { vouch: { purpose, role: '01.015' } }),
    ask('a pharmacist’s role', { vouch: { purpose, role: '17.000' } }),
    ask('an out-of-hours post', { as: outOfHours, vouch: { purpose } }),
    ask('a pharmacy', { as: pharmacyE, vouch: { purpose } }),
    ask('a GP practice', { as: gpD, vouch: { purpose, role: '01.015' } }),
    ask('without role', { vouch: { purpose, role: undefined } }, { status: [403, 422] }),
    ask(
      'without professional',
      { vouch: { purpose, role: undefined, practitioner: undefined } },
      { status: [403, 422] },
    ),
    ask('for TREAT', { vouch: { purpose: ['TREAT'] } }, { status: [403, 422] }),
    ask('for COC', { vouch: { purpose: ['COC'] } }, { status: [403, 422] }),
    ask('under a mandate of a GP', {
      vouch: {
        purpose,
        role: '01.015',
        mandate: { registered_by: 'urn:oid:2.16.528.1.1007.3.1#900000731', role_code: '01.071' },
      },
    }),
    ask('without the scope', { vouch: { purpose, scope: 'wishes' } }, refusedBy('scope-missing')),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, 'Mitz was asked');
  stage.recorded.push(...result);
  const without = await askCard(stage, 'glass', emergency);
  mustBe(without, refusedBy('break-glass-grant-missing'), 'the purpose without a grant');
  return `${result.length + 1} refused by name; nobody asked`;
}

export const consentGlass: readonly Case[] = [
  { id: 'C20', title: 'break-glass for a reason that is none', run: badReasons },
  { id: 'C20a', title: 'break-glass by those who may not', run: badAskers },
  { id: 'C20o', title: 'what a grant opens, and what it does not', run: opened },
  { id: 'C20w', title: 'the second step', run: widened },
  { id: 'C20t', title: 'who hears of break-glass', run: told },
  { id: 'C20e', title: 'a grant after its end', run: over },
];
