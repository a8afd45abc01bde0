// M14: is a notification read as a no wherever it is not a plain yes?
import { must } from '../attack.ts';
import {
  bring,
  copyingRegion,
  mustBring,
  mustSay,
  nextMoment,
  noticeOf,
  provisionOf,
  withConsent,
} from '../notices.ts';
import { askCard } from '../questions.ts';
import type { Stage } from '../stage.ts';

type Change = Parameters<typeof withConsent>[1];

const changedActor =
  (more: object): Change =>
  (one) => {
    const provision = provisionOf(one);
    return {
      ...one,
      provision: {
        ...provision,
        actor: (provision.actor as object[]).map((actor) => ({ ...actor, ...more })),
      },
    };
  };

/** What is a no, and what is neither: never a permit. */
export async function meanings(stage: Stage): Promise<string> {
  const there = await copyingRegion(stage);
  const noes: [string, Change][] = [
    ['inactive', (one) => ({ ...one, status: 'inactive' })],
    [
      'inactive without type',
      (one) => ({ ...one, status: 'inactive', provision: { ...provisionOf(one), type: undefined } }),
    ],
    [
      'inactive with permit',
      (one) => ({ ...one, status: 'inactive', provision: { ...provisionOf(one), type: 'permit' } }),
    ],
    ['active without type', (one) => ({ ...one, provision: { ...provisionOf(one), type: undefined } })],
    ['deny', (one) => ({ ...one, provision: { ...provisionOf(one), type: 'deny' } })],
    ['entered in error', (one) => ({ ...one, status: 'entered-in-error' })],
    ['rejected', (one) => ({ ...one, status: 'rejected' })],
    ['proposed', (one) => ({ ...one, status: 'proposed' })],
    ['another version of codes', (one) => JSON.parse(JSON.stringify(one).replaceAll('3960100', '9999999'))],
    ['a period', (one) => ({ ...one, provision: { ...provisionOf(one), period: { end: '2020-01-01' } } })],
    [
      'another purpose',
      (one) => ({
        ...one,
        provision: {
          ...provisionOf(one),
          purpose: [{ system: 'http://hl7.org/fhir/v3/ActReason', code: 'HRESCH' }],
        },
      }),
    ],
    ['nested', (one) => ({ ...one, provision: { ...provisionOf(one), provision: [{ type: 'deny' }] } })],
    [
      'an unknown extension',
      (one) => ({
        ...one,
        extension: [...(one.extension as object[]), { url: 'http://x.example', valueString: 'niet' }],
      }),
    ],
    ['to nobody in particular', (one) => ({ ...one, extension: [] })],
    [
      'a modifier',
      (one) => ({ ...one, modifierExtension: [{ url: 'http://x.example', valueBoolean: true }] }),
    ],
    [
      'a modifier inside',
      (one) => ({
        ...one,
        provision: {
          ...provisionOf(one),
          modifierExtension: [{ url: 'http://x.example', valueBoolean: true }],
        },
      }),
    ],
    ['rules that are not known', (one) => ({ ...one, implicitRules: 'http://x.example' })],
    [
      'a data period',
      (one) => ({ ...one, provision: { ...provisionOf(one), dataPeriod: { start: '2020' } } }),
    ],
    [
      'an actor with a modifier',
      changedActor({ modifierExtension: [{ url: 'http://x.example', valueBoolean: true }] }),
    ],
    [
      'an actor with an extension',
      changedActor({ extension: [{ url: 'http://x.example', valueString: 'niet' }] }),
    ],
    [
      'a label',
      (one) => ({ ...one, provision: { ...provisionOf(one), securityLabel: [{ system: 'x', code: 'R' }] } }),
    ],
  ];
  const wrong: string[] = [];
  for (const [name, change] of noes) {
    // without a yes before it, nothing is known that could stay
    const notice = withConsent(noticeOf({ when: nextMoment() }), change);
    const seen = await bring(there, notice);
    const refused = [400, 422].includes(seen.status);
    if (seen.status !== 204 && !refused) wrong.push(`${name}: ${seen.status}`);
    const before = refused ? 'refused' : 'kept';
    const card = await askCard(there, 'told');
    if (!refused && card.text.includes('VermeldingDtold')) wrong.push(`${name}, ${before}: a permit`);
    await mustBring(there, noticeOf({ when: nextMoment() }), 'yes again');
    await mustSay(there, true, `twin after ${name}`);
    if (refused) continue;
    // a yes that was there: the change of mind must not be passed over
    await bring(there, withConsent(noticeOf({ when: nextMoment() }), change));
    if ((await askCard(there, 'told')).text.includes('VermeldingDtold')) wrong.push(`${name}: passed over`);
    await mustBring(there, noticeOf({ when: nextMoment() }), 'yes again');
  }
  must(wrong.length === 0, wrong.join(' | '));
  return `${noes.length} notifications that are no yes permit nothing and end the yes before them`;
}
