// M01 to M05: is an answer of Mitz a permit only when everything about it is right?
import { type Case, must } from '../attack.ts';
import { mustHold, stateOf } from '../hearing.ts';
import { around, believesNone, type Lie, packed, replacing, resultIn, saying } from '../mitzLies.ts';
import { echoes, envelopes, smuggled } from '../mitzWrongAnswers.ts';
import { askCard, askOverview } from '../questions.ts';
import type { Stage } from '../stage.ts';

const permitOther = (text: string): string =>
  resultIn(text).replace('GGC013', 'GGC002').replace('Deny', 'Permit');

const inOrder = (name: string, make: (own: string, text: string) => readonly string[]): Lie =>
  saying(name, (text) => text.replace(/<Result>.*<\/Result>/s, make(resultIn(text), text).join('')));

const flipped = (own: string): string =>
  own.includes('>Permit<') ? own.replace('>Permit<', '>Deny<') : own.replace('>Deny<', '>Permit<');

/** Of two exchanges one is permitted: only its data leaves. */
async function perCategory(stage: Stage): Promise<string> {
  const { region } = stage;
  const ways = [
    ['wishes', 'GGC002', 'GGC013'],
    ['medication', 'GGC013', 'GGC002'],
  ] as const;
  for (const [name, yes, no] of ways) {
    for (const at of ['d', 'e', 'f'] as const) {
      region.choose('told', at, true, yes);
      region.choose('told', at, false, no);
    }
    // another professional each time, so that no permit is remembered
    const vouch = { practitioner: name === 'wishes' ? '900000751' : '900000752' };
    const [card, overview] = [
      await askCard(stage, 'told', { vouch }),
      await askOverview(stage, 'told', { vouch }),
    ];
    mustHold(card, name === 'wishes' ? ['Dtold', 'Etold', 'Ftold'] : [], `${name}: the card`);
    mustHold(overview, name === 'medication' ? ['Dtold', 'Etold'] : [], `${name}: the overview`);
  }
  for (const at of ['d', 'e', 'f'] as const) region.choose('told', at, true);
  const lies: readonly Lie[] = [
    inOrder('a permit of another category first', (own, text) => [permitOther(text), own]),
    inOrder('a permit of another category last', (own, text) => [own, permitOther(text)]),
    inOrder('permit, then deny', (own) => [own, flipped(own)]),
    inOrder('deny, then permit', (own) => [flipped(own), own]),
    inOrder('the same twice', (own) => [own, own]),
    inOrder('two of other categories', (_, text) => [permitOther(text), permitOther(text)]),
    inOrder('none', () => []),
  ];
  const told = await believesNone(stage, lies);
  await believesNone(stage, lies, { name: 'no' });
  return `each category by itself; ${told}`;
}

const faultBody = (code: string): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:${code}</s:Value></s:Code><s:Reason><s:Text xml:lang="en">Permit</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`;

async function statuses(stage: Stage): Promise<string> {
  const touched = stage.canary.contacts.length;
  const codes = [
    201, 202, 203, 206, 207, 226, 300, 304, 400, 401, 403, 404, 409, 410, 429, 500, 502, 503, 504,
  ];
  const lies = [
    ...codes.map((status) => around(`${status} with a permit`, status)),
    ...[301, 302, 303, 307, 308].map((status) =>
      around(`${status} to another host`, status, { location: `${stage.canary.url}/permit` }),
    ),
    around('401 with a challenge', 401, { 'www-authenticate': `Basic realm="${stage.canary.url}"` }),
    around('200 that says it is elsewhere', 200, {
      'content-type': 'text/html',
      'content-location': stage.canary.url,
    }),
    saying('200 with a fault of the receiver', () => faultBody('Receiver')),
    saying('200 with a fault of the sender', () => faultBody('Sender')),
    saying('200 with nothing', () => ''),
    saying('200 with the question', (_, asked) => asked.body),
    saying('a fault beside the permit', (text) => text.replace('</Response>', '</Response><s:Fault/>')),
  ];
  const told = await believesNone(stage, lies);
  must(stage.canary.contacts.length === touched, 'the canary was touched');
  return `${told}; canary silent`;
}

/** What is the same to XML must not become a refusal: the strict client is strict where it matters. */
async function sameMeaning(stage: Stage): Promise<string> {
  const { mitzWire } = stage.region;
  const same: readonly Lie[] = [
    replacing('a permit by reference', '>Permit<', '>&#80;ermit<'),
    saying('another prefix', (text) =>
      text.replaceAll(/(<\/?| )s:/g, '$1soap:').replaceAll('xmlns:s=', 'xmlns:soap='),
    ),
    saying('line ends', (text) => text.replaceAll('><', '>\n  <')),
    saying('an XML declaration', (text) => `<?xml version="1.0" encoding="utf-8"?>${text}`),
    packed('packed', 'gzip'),
  ];
  for (const [name, twist] of same) {
    mitzWire.twist = twist;
    const seen = await askOverview(stage, 'yes').finally(() => (mitzWire.twist = undefined));
    must(stateOf(seen, 'd') === 'answered', `${name}: ${stateOf(seen, 'd')}`);
  }
  return `${same.length} other spellings of a permit are permits`;
}

export const mitzAnswers: readonly Case[] = [
  {
    id: 'M01',
    title: 'one category permitted, the other not; two Results in either order',
    run: perCategory,
  },
  {
    id: 'M02',
    title: 'a permit about something else, on conditions, or in other words',
    run: (stage) => believesNone(stage, echoes),
  },
  {
    id: 'M03',
    title: 'a yes smuggled into a no',
    run: (stage) => believesNone(stage, smuggled, { name: 'no', states: ['unavailable', 'denied'] }),
  },
  { id: 'M04', title: 'a permit under another status', run: statuses },
  { id: 'M05', title: 'a permit in another envelope', run: (stage) => believesNone(stage, envelopes) },
  { id: 'M05s', title: 'the same permit, written otherwise', run: sameMeaning },
];
