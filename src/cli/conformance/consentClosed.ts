// Is our closed question the published one, and are the published answers read as they must be? Corpus `trust/mitz`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClosedAnswer } from '../../consent/mitz/closedAnswer.ts';
import { closedAnswerAction } from '../../consent/mitz/closedQuestion.ts';
import { closedAction, writeClosedRequest } from '../../consent/mitz/closedRequest.ts';
import { writeMessage } from '../../outgoing/soap.ts';
import { openEnvelope } from '../../outgoing/soapReading.ts';
import { readTree } from '../../outgoing/soapTree.ts';
import { envelope, response, result, type Said } from '../../sandbox/mitzAnswers.ts';
import { type Expectation, expectOutcome, sampleQuestion } from './consentCast.ts';
import { compareTrees, type Meant } from './consentTree.ts';

const meant: readonly Meant[] = [
  { form: /Header\/(MessageID|To) = /, why: 'another message to another address' },
  { form: /Header\/(Action|To)@mustUnderstand = /, why: 'the guide wants Action and To understood' },
  {
    form: /\[(?!urn:oasis:names:tc:xacml:2.0:resource:resource-id|urn:ihe:iti:appc:2016:(author-institution:id|document-entry:event-code))urn:[^\]]*\]@IncludeInResult = /,
    why: 'only patient, holder and category are wanted back',
  },
];

function expectRequest(folder: string): Expectation {
  const theirs = readTree(readFileSync(join(folder, 'example.xml')));
  const { body } = writeClosedRequest(sampleQuestion);
  const ours = readTree(
    Buffer.from(writeMessage({ url: 'http://localhost:8000/4', action: closedAction, body }).envelope),
  );
  const { compared, differing, meant: why } = compareTrees(theirs, ours, meant);
  const name = `closed question: the same as example.xml, ${compared} elements, attributes and texts`;
  return {
    name: `${name}; but ${why.join('; ')}`,
    holds: differing.length === 0 && compared > 60,
    found: differing.join('\n      '),
  };
}

const asked = { bsn: '900186021', holderUra: '00000659', categories: ['GGC002'] };
const expected = { action: closedAnswerAction, relatesTo: 'checked', messageId: 'urn:uuid:1' } as const;
const headers = { 'content-type': 'application/soap+xml; charset=utf-8' };

const read = (text: string | Uint8Array, categories = asked.categories) =>
  readClosedAnswer(openEnvelope({ status: 200, headers, body: Buffer.from(text) }, expected), {
    ...asked,
    categories,
  });

const whole = (said: readonly Said[]) =>
  envelope(closedAnswerAction, expected.messageId, response(said.map((one) => result(asked, one))));

const words: readonly [Said['decision'], string][] = [
  ['Permit', 'GGC002 permit'],
  ['Deny', 'GGC002 deny'],
  ['Indeterminate', 'GGC002 indeterminate'],
  ['NotApplicable', 'decision-unknown'],
];

/** The published answers echo nothing and have no header: as they are they prove nothing. */
function expectAnswers(folder: string): Expectation[] {
  return words.flatMap(([word, wanted]) => {
    const sample = readFileSync(join(folder, `constructed-response-${word}.xml`));
    const decision = /<Decision>(\w+)</.exec(sample.toString())?.[1] as Said['decision'];
    const complete = () => read(whole([{ category: 'GGC002', decision }]));
    return [
      expectOutcome(
        `constructed-response-${word}.xml as it is, without Action and echo`,
        'wrong-action',
        () => read(sample),
      ),
      expectOutcome(`constructed-response-${word}.xml with what Mitz must add`, wanted, complete),
    ];
  });
}

const both = ['GGC002', 'GGC013'];
const permit: Said = { category: 'GGC002', decision: 'Permit' };
const deny: Said = { category: 'GGC013', decision: 'Deny' };

const expectSeveral = (): Expectation[] => [
  expectOutcome('a permit before a denial', 'GGC002 permit, GGC013 deny', () =>
    read(whole([permit, deny]), both),
  ),
  expectOutcome('a denial before a permit', 'GGC013 deny, GGC002 permit', () =>
    read(whole([deny, permit]), both),
  ),
  expectOutcome('a permit, and nothing about the second category', 'category-missing', () =>
    read(whole([permit]), both),
  ),
  expectOutcome('a permit for what was not asked', 'category-unasked', () =>
    read(whole([permit]), ['GGC013']),
  ),
  expectOutcome('one category twice', 'category-twice', () => read(whole([permit, permit, deny]), both)),
  expectOutcome('a permit about another patient', 'echo-patient', () =>
    read(whole([permit]).replaceAll('900186021', '900203638')),
  ),
  expectOutcome('a permit about another holder', 'echo-holder', () =>
    read(whole([permit]).replaceAll('00000659', '00000666')),
  ),
];

export const closedExpectations = (folder: string): Expectation[] => [
  expectRequest(folder),
  ...expectAnswers(folder),
  ...expectSeveral(),
];
