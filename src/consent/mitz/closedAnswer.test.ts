// Is the same answer read alike however its XML is written, and is none that contradicts itself an answer?
import { describe, expect, test } from 'vitest';
import { readTree } from '../../outgoing/soapTree.ts';
import { response, result } from '../../sandbox/mitzAnswers.ts';
import { readClosedAnswer } from './closedAnswer.ts';

const asked = { bsn: '999911120', holderUra: '90000501', categories: ['GGC002'] };
const answer = response([result(asked, { category: 'GGC002', decision: 'Permit' })]);
const read = (text: string) => readClosedAnswer(readTree(Buffer.from(text)), asked).get('GGC002');
const okCode = '<StatusCode Value="urn:oasis:names:tc:xacml:1.0:status:ok"/>';
const within = (value: string) => okCode.replace('/>', `><StatusCode Value="${value}"/></StatusCode>`);

describe('a permit', () => {
  test.each<[string, (text: string) => string]>([
    ['as it is usually written', (text) => text],
    [
      'with prefixes for its namespaces',
      (text) =>
        text
          .replace('<Response xmlns=', '<x:Response xmlns:h="urn:hl7-org:v3" xmlns:x=')
          .replace('</Response>', '</x:Response>')
          .replace(
            /<(\/?)(Result|Decision|Status|StatusCode|Attributes?|AttributeValue)(?=[ >/])/g,
            '<$1x:$2',
          )
          .replace(/<(InstanceIdentifier|CodedValue) xmlns="[^"]*"/g, '<h:$1'),
    ],
    ['as CDATA', (text) => text.replace('>Permit<', '>Per<![CDATA[mit]]><')],
    ['with references', (text) => text.replace('>Permit<', '>&#x50;ermit<').replace('9999', '&#57;999')],
    ['around a comment', (text) => text.replace('>Permit<', '>Per<!-- Deny -->mit<')],
    ['on lines of its own', (text) => text.replaceAll('><', '>\n  <')],
    ['with a finer code of its own', (text) => text.replace(okCode, within('urn:otv:recorded'))],
    ['without a status', (text) => text.replace(/<Status>.*?<\/Status>/, '')],
  ])('%s is one', (_name, written) => {
    expect(read(written(answer))).toBe('permit');
  });

  test.each<[string, string, string, string]>([
    [
      'with a fault within its ok',
      okCode,
      within('urn:oasis:names:tc:xacml:1.0:status:processing-error'),
      'status-contradicts',
    ],
    [
      'with a fault deeper in its ok',
      okCode,
      okCode.replace(
        '/>',
        `>${within('urn:oasis:names:tc:xacml:1.0:status:missing-attribute')}</StatusCode>`,
      ),
      'status-contradicts',
    ],
    ['in another namespace', '<Decision>', '<Decision xmlns="urn:x">', 'answer-malformed'],
    ['with a blank in the number', '"999911120"', '"999911120&#9;"', 'echo-patient'],
    ['for a code in other letters', '"GGC002"', '"GG\u0421002"', 'category-unasked'],
    ['on conditions of no content', '</Status>', '</Status><Obligations/>', 'obligation'],
  ])('%s is none', (...[, from, to, reason]) => {
    expect(answer).toContain(from);
    expect(() => read(answer.replace(from, to))).toThrow(expect.objectContaining({ reason }));
  });
});
