// C36 and C37: does the permit of one holder, or the scope of one exchange, open another?
import { must, mustAll, type Try } from '../attack.ts';
import { evil } from '../cast.ts';
import { hearing, mustHoldOrTell, silent, stateOf, wordsIn } from '../hearing.ts';
import { askAs, askCard, askOverview, askWishes, operate, parameters, theCard } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { patientParameter } from '../region.ts';
import { registrar, untyped } from '../regionCast.ts';
import { agreements, directives, search, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';

/** A permit for D opens D alone, whichever way is gone. */
export async function oneForAnother(stage: Stage): Promise<string> {
  const id = await servedId(stage, 'mix');
  const asks = [
    ['card', () => askCard(stage, 'mix')],
    ['all wishes', () => askWishes(stage, 'mix')],
    ['overview', () => askOverview(stage, 'mix')],
    ['directives', () => search(stage, { type: 'Consent', pairs: directives(id) })],
    ['agreements', () => search(stage, { type: 'MedicationRequest', pairs: agreements(id), method: 'POST' })],
    ['the patient', () => askAs(stage, { path: `/r4/Patient/${id}` })],
  ] as const;
  for (const [name, ask] of asks) {
    const { result, heard } = await hearing(stage, ask);
    must(result.status === 200, `${name}: ${result.status} ${result.text.slice(0, 200)}`);
    must(heard.holders.d.length > 0, `${name}: D was not asked`);
    must(heard.holders.e.length === 0, `${name}: E was asked ${heard.holders.e.length} times`);
    must(!wordsIn(result).some((word) => word.startsWith('E')), `${name}: ${wordsIn(result)}`);
  }
  const crowd = await Promise.all(
    Array.from({ length: 24 }, (_, index) => askCard(stage, index % 2 === 0 ? 'yes' : 'mix')),
  );
  const whole = crowd.filter((seen, index) =>
    mustHoldOrTell(
      seen,
      index % 2 === 0 ? ['Dyes', 'Eyes', 'Fyes'] : ['Dmix', 'Fmix'],
      `of ${crowd.length} at once`,
    ),
  );
  must(whole.length > 0, `of ${crowd.length} at once none is whole`);
  must(stateOf(await askCard(stage, 'mix'), 'e') === 'refused', 'E is told as refused');
  return `${asks.length} ways and ${crowd.length} at once: D gives, E is never asked`;
}

export async function wrongScope(stage: Stage): Promise<string> {
  const body = parameters(patientParameter('yes'), theCard);
  const scopes = (name: string, path: string, asking: Parameters<typeof operate>[2]): Try =>
    plain(name, () => operate(stage, { path, body }, asking), { status: 403, code: 'scope-missing' });
  const tries = [
    scopes('EVIL-M asks wishes', '/r4/$wishes', { as: evil }),
    scopes('the consent facility asks wishes', '/r4/$wishes', {
      as: registrar,
      vouch: { purpose: ['TREAT'] },
    }),
    scopes('medication asks wishes', '/r4/$wishes', { vouch: { scope: 'medication' } }),
    scopes('wishes asks medication', '/r4/$medication-overview', { vouch: { scope: 'wishes' } }),
    scopes('wishes opens the glass', '/r4/$break-glass', { vouch: { scope: 'wishes' } }),
    scopes('wishes registers consent', '/r4/$register-consent', { as: untyped }),
    scopes('wishes enters a patient', '/r4/$register-patient', {}),
  ];
  const { heard, result } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, 'Mitz was asked');
  stage.recorded.push(...result);
  mustBe(await operate(stage, { path: '/r4/$wishes', body }), { status: 200 }, 'twin');
  return `${result.length} times 403, nobody asked; twin 200`;
}
