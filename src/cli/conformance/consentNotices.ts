// Is our Subscription the published one, and is the published notification kept as what it says? Corpus `trust/mitz`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readNotification } from '../../consent/mitz/notification.ts';
import { mitzSettings } from '../../consent/mitz/settings.ts';
import { writeSubscription } from '../../consent/mitz/subscriptionResource.ts';
import { parseJson, printJson } from '../../fhir/json.ts';
import { parseXml, printXml } from '../../fhir/xml.ts';
import type { FhirResource } from '../../model.ts';
import { type Expectation, expectOutcome } from './consentCast.ts';

const now = new Date('2024-11-18T11:00:00Z');

function expectSubscription(folder: string): Expectation {
  const theirs = parseXml(readFileSync(join(folder, 'example_subscription.xml')), 'r4');
  const settings = mitzSettings.parse({
    closedUrl: 'https://mitz.example/closed',
    gatewaySystem: 'urn:oid:2.16.840.1.113883.2.4.6.6.1',
    sourceSystem: 'urn:oid:2.16.840.1.113883.2.4.6.6.90000017',
    notify: {
      address: 'https://zim.prf001.lsp.aorta-zorg.nl/otv/Subscription/312',
      payload: 'application/fhir+xml',
      proof: { kind: 'token', clientIds: ['mitz'] },
    },
  });
  const subscribed = { bsn: '123456789', birthDate: '2012-03-07', holderUra: '01234567', holderType: 'Z3' };
  // Through XML and back, so that both are compared as they would be sent.
  const ours = parseXml(Buffer.from(printXml(writeSubscription(subscribed, settings), 'r4')), 'r4');
  return {
    name: 'subscription: the same as example_subscription.xml',
    holds: isDeepStrictEqual(theirs, ours),
    found: printJson(ours),
  };
}

const said = (bundle: FhirResource): string =>
  readNotification(bundle, now)
    .flatMap(({ bsn, holderUra, lines }) =>
      lines.map(
        (one) => `${bsn} ${holderUra} ${one.category} ${one.consulting} ${one.decision} ${one.decidedAt}`,
      ),
    )
    .join('\n');

const at = '2024-11-18T10:51:16.896792700000Z';
const wanted = [
  ['RPZAC005', 'yes'],
  ...['RPZAC001', 'RPZAC104', 'RPZAC004', 'RPZAC003', 'RPZAC103', 'RPZAC200'].map((code) => [code, 'no']),
]
  .map(([code, word]) => `900186021 00000659 GGC002 ${code} ${word} ${at}`)
  .join('\n');

export function noticeExpectations(folder: string): Expectation[] {
  const text = readFileSync(join(folder, 'example_notification_bundle.xml'), 'utf8');
  const xml = (changed = text) => parseXml(Buffer.from(changed), 'r4');
  const json = () => parseJson(Buffer.from(printJson(xml()))) as FhirResource;
  const all = {
    name: 'example_notification_bundle.xml: one yes and six noes, to the seventh digit',
    holds: said(xml()) === wanted,
  };
  const without = text.replace(/<entry>\s*<fullUrl value="urn:uuid:25102ef4[\s\S]*?<\/entry>/, '');
  return [
    expectSubscription(folder),
    { ...all, found: said(xml()) },
    {
      name: 'example_notification_bundle.xml: the same as JSON',
      holds: said(json()) === wanted,
      found: said(json()),
    },
    expectOutcome('example_notification_bundle.xml: nothing to alarm of', '0', () =>
      readNotification(xml(), now).reduce((sum, one) => sum + one.alarms.length, 0),
    ),
    expectOutcome('the notification without its holder', 'notification-link', () => said(xml(without))),
    expectOutcome('the notification of tomorrow', 'notification-future', () =>
      said(xml(text.replaceAll('2024-11-18T', '2024-11-19T'))),
    ),
    expectOutcome('the notification as a collection', 'notification-form', () =>
      said(xml(text.replace('transaction', 'collection'))),
    ),
  ];
}
