// Is our open question the published one, and whom does the published answer name? Corpus `trust/openquery`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMessage } from '../../outgoing/soap.ts';
import { writeSecurity } from '../../outgoing/soapAssertion.ts';
import { purposeOf, subjectAttributes, subjectOf } from '../../outgoing/soapMitz.ts';
import { openEnvelope } from '../../outgoing/soapReading.ts';
import { readTree, type XmlNode } from '../../outgoing/soapTree.ts';
import { openAction, openAnswerAction, openAudience, writeLocationQuery } from '../../routing/mitzOpen.ts';
import { readLocations } from '../../routing/mitzOpenAnswer.ts';
import { type Expectation, expectOutcome, organisation, professional } from './consentCast.ts';
import { compareTrees, linesOf } from './consentTree.ts';

const bsn = '900203638';

function ourQuestion(): XmlNode {
  const subject = subjectOf({
    organisation: organisation('00000659', 'Z3'),
    practitioner: professional('123456789'),
    mandatedBy: professional('123456782', '01.015'),
  });
  const purpose = { id: subjectAttributes.purpose, value: purposeOf('TREAT') };
  const header = writeSecurity({
    issuer: 'xds-bridge-xua-proxy',
    subject: '123456782',
    audience: openAudience,
    attributes: [...subject, purpose],
    now: new Date('2018-10-30T08:11:47.187Z'),
  });
  const body = writeLocationQuery(bsn);
  return readTree(
    Buffer.from(writeMessage({ url: 'http://localhost', action: openAction, header, body }).envelope),
  );
}

const find = (node: XmlNode, name: string): XmlNode[] => [
  ...(node.name === name ? [node] : []),
  ...node.children.flatMap((child) => find(child, name)),
];

/** `name: root extension` or `name: system code` of each attribute of the assertion, whatever element carries it. */
const attributesOf = (envelope: XmlNode): string[] =>
  find(envelope, 'Attribute')
    .map((one) => {
      const value = find(one, 'AttributeValue')[0]?.children[0]?.attributes;
      const parts = ['root', 'extension', 'codeSystem', 'code'].flatMap((name) => value?.get(name) ?? []);
      return `${one.attributes.get('Name')}: ${parts.join(' ')}`;
    })
    .sort();

function expectQuestion(folder: string): Expectation[] {
  const theirs = readTree(readFileSync(join(folder, 'mitz_example_req.xml')));
  const ours = ourQuestion();
  const [theirBody, ourBody] = [find(theirs, 'Body')[0] ?? theirs, find(ours, 'Body')[0] ?? ours];
  const { differing, compared } = compareTrees(theirBody, ourBody, []);
  const [wanted, found] = [attributesOf(theirs), attributesOf(ours)];
  const actions = [theirs, ours].map((one) => linesOf(one).find((line) => line.endsWith(openAction)));
  return [
    {
      name: `open question: the same Body as mitz_example_req.xml, ${compared} lines`,
      holds: differing.length === 0,
      found: differing.join(', '),
    },
    {
      name: `open question: its ${wanted.length} attributes say the same of who asks, though not always in the same element`,
      holds: wanted.length === 6 && wanted.join() === found.join(),
      found: found.join('\n      '),
    },
    {
      name: 'open question: the same Action',
      holds: actions[0] !== undefined && actions[0] === actions[1],
      found: String(actions[1]),
    },
  ];
}

function expectAnswer(folder: string): Expectation[] {
  const headers = { 'content-type': 'application/soap+xml; charset=utf-8' };
  const body = readFileSync(join(folder, 'mitz_example_resp.xml'));
  const open = (relatesTo: 'required' | 'checked') =>
    openEnvelope(
      { status: 200, headers, body },
      { action: openAnswerAction, relatesTo, messageId: 'urn:uuid:1' },
    );
  const holders = readLocations(open('checked'), bsn);
  const twice = holders.filter((one) => one.ura === '00000659').map((one) => one.community);
  return [
    expectOutcome('mitz_example_resp.xml: holders', '7', () => holders.length),
    expectOutcome(
      'mitz_example_resp.xml: one URA behind two exchange systems is two places',
      '2',
      () => new Set(twice).size,
    ),
    expectOutcome(
      'mitz_example_resp.xml: categories of 00014332',
      'GGC013',
      () => holders.find((one) => one.ura === '00014332')?.categories,
    ),
    expectOutcome('mitz_example_resp.xml: each with community and source', 'true', () =>
      holders.every((one) => one.community && one.source),
    ),
    expectOutcome('mitz_example_resp.xml as it is, without RelatesTo', 'wrong-relation', () =>
      open('required'),
    ),
    expectOutcome('mitz_example_resp.xml for another patient', 'malformed', () =>
      readLocations(open('checked'), '900203651'),
    ),
  ];
}

export const openExpectations = (folder: string): Expectation[] => [
  ...expectQuestion(folder),
  ...expectAnswer(folder),
];
