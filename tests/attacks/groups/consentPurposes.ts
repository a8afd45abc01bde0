// C19 and C23: is a question for a reason that nobody may have refused by its name, and never asked of Mitz?
import { type Expected, must, type Try } from '../attack.ts';
import { mustHold } from '../hearing.ts';
import { type Asking, askCard, askOverview, askWishes } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import type { Stage } from '../stage.ts';
import { strictRegion } from '../strictRegion.ts';
import { nobodyHears, uzi } from '../unheard.ts';

export async function purposes(stage: Stage): Promise<string> {
  const bare = { vouch: { bare: true } };
  const body = (purpose: object | undefined): object[] => [
    { name: 'practitioner', valueIdentifier: { system: uzi, value: '900000731' } },
    { name: 'role', valueCode: '01.071' },
    ...(purpose === undefined ? [] : [{ name: 'purposeOfUse', ...purpose }]),
  ];
  const ask = (
    name: string,
    ...[purpose, expected, asking = bare]: [object | undefined, Expected, Asking?]
  ): Try => plain(name, () => askCard(stage, 'yes', { ...asking, more: body(purpose) }), expected);
  const strict = await strictRegion(stage);
  const count = await nobodyHears(stage, [
    ask('none', undefined, { status: 422, code: 'purpose-missing' }),
    ask('empty', { valueCode: '' }, { status: [400, 422] }),
    ask('blank', { valueCode: ' ' }, { status: [400, 422] }),
    ask('unknown', { valueCode: 'PUBHLTH' }, { status: 422, code: 'purpose-unknown' }),
    ask('lower case', { valueCode: 'treat' }, { status: 422, code: 'purpose-unknown' }),
    ask(
      'of another system',
      { valueCoding: { system: 'http://example.org/x', code: 'TREAT' } },
      { status: 422, code: 'code-system' },
    ),
    ask('two in a list', { valueCode: 'TREAT,COC' }, { status: 422 }),
    ask('COC, where TREAT is allowed', { valueCode: 'COC' }, { status: 403, code: 'purpose-not-allowed' }),
    ask(
      'COC, where the token says TREAT',
      { valueCode: 'COC' },
      { status: 422, code: 'differs-from-token' },
      {},
    ),
    ask(
      'another professional than the token’s',
      { valueCode: 'TREAT' },
      { status: 422, code: 'differs-from-token' },
      { vouch: { practitioner: '900000799' } },
    ),
  ]);
  const wantsCoc = plain('TREAT, where COC is wanted', () => askOverview(strict, 'yes'), {
    status: 403,
    code: 'purpose-not-allowed',
  });
  const more = await nobodyHears(strict, [wantsCoc]);
  mustHold(
    await askCard(stage, 'yes', { ...bare, more: body({ valueCode: 'TREAT' }) }),
    ['Dyes', 'Eyes', 'Fyes'],
    'twin',
  );
  mustHold(
    await askOverview(strict, 'yes', { vouch: { purpose: ['COC'] } }),
    ['Dyes', 'Eyes'],
    'twin with COC',
  );
  return `${count + more} refused by name, never filled in; twins with TREAT and with COC`;
}

/** Where there is no break-glass, no word of it opens anything, and Mitz never hears it. */
export async function glassOff(stage: Stage): Promise<string> {
  const strict = await strictRegion(stage);
  const off: Expected = { status: 403, code: 'break-glass-off' };
  const refused: Expected = { status: [403, 422] };
  const bare = { vouch: { bare: true } };
  const person = [
    { name: 'practitioner', valueIdentifier: { system: uzi, value: '900000731' } },
    { name: 'role', valueCode: '01.071' },
  ];
  const inBody = (name: string, purpose: object, expected = off): Try =>
    plain(
      name,
      () => askCard(strict, 'no', { ...bare, more: [...person, { name: 'purposeOfUse', ...purpose }] }),
      expected,
    );
  const tries = ['ETREAT', 'BTG'].flatMap((code): Try[] => [
    plain(`${code} in the token`, () => askCard(strict, 'no', { vouch: { purpose: [code] } }), off),
    plain(
      `${code} with its system`,
      () => askCard(strict, 'no', { vouch: { purpose: [`urn:oid:2.16.840.1.113883.5.8#${code}`] } }),
      off,
    ),
    plain(`${code} for P-yes`, () => askWishes(strict, 'yes', { vouch: { purpose: [code] } }), off),
    plain(`${code} for P-nil`, () => askCard(strict, 'nil', { vouch: { purpose: [code] } }), off),
    inBody(`${code} in the body`, { valueCode: code }),
    inBody(`${code} as Coding`, {
      valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code },
    }),
    inBody(`${code} of another system`, { valueCoding: { system: 'http://example.org/x', code } }, refused),
    inBody(`${code} lower case`, { valueCode: code.toLowerCase() }, refused),
    plain(
      `${code} in headers`,
      () =>
        askCard(strict, 'no', {
          ...bare,
          headers: { 'x-purpose-of-use': code, purpose: code, 'x-break-glass': '1' },
          more: person,
        }),
      { status: 422, code: 'purpose-missing' },
    ),
    plain(
      `${code} with a grant id`,
      () =>
        askCard(strict, 'no', {
          vouch: { purpose: [code] },
          more: [{ name: 'breakGlass', valueString: '7d5f0a9e-0000-4000-8000-000000000000' }],
        }),
      off,
    ),
  ]);
  const count = await nobodyHears(strict, tries);
  const grant = await askCard(strict, 'no', { more: [{ name: 'breakGlass', valueString: 'x' }] });
  mustBe(grant, refused, 'a grant with TREAT');
  mustHold(await askCard(strict, 'yes'), ['Dyes', 'Eyes', 'Fyes'], 'twin');
  const third = stage.region.mitzWire.log.filter(({ body }) => /ETREAT|BTG|HRESCH|PUBHLTH/.test(body));
  must(third.length === 0, `Mitz heard another purpose ${third.length} times`);
  return `${count + 1} refused by name; twin with TREAT; Mitz heard TREAT and COC alone`;
}
