// By what is a filled form known as the one that was asked for?
import { describe, expect, test } from 'vitest';
import { fitsForm } from './askedForm.ts';

const asked = { names: ['acp-zib2020'], linkIds: ['1386', '1387', '1390'] };
const item = [
  { linkId: 'group', item: [{ linkId: '1386', answer: [{ valueCoding: { code: '2' } }] }] },
  { linkId: 'other', answer: [{ item: [{ linkId: '1390' }] }] },
];
const address = 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020';

describe('a form', () => {
  test.each([
    address,
    `${address}|1.0.0-rc3`,
    `${address}/`,
    `${address}#top`,
    'http://localhost/fhir/questionnaire/acp-zib2020',
    { reference: 'Questionnaire/ACP-zib2020' },
    undefined,
  ])('that says %j is it', (questionnaire) => {
    expect(fitsForm({ questionnaire }, asked)).toBe('yes');
  });

  test.each<[unknown, 'unproven' | 'no']>([
    ['Questionnaire/88', 'unproven'],
    [{ reference: 'Questionnaire/88' }, 'unproven'],
    [{ display: 'PZP' }, 'unproven'],
    ['#q', 'unproven'],
    ['urn:uuid:aaaaaaaa-1111-4222-8333-444455556666', 'unproven'],
    ['https://x.example/Questionnaire/other', 'no'],
    ['https://x.example/Questionnaire/ACP-zib2020-intake', 'no'],
  ])('that says %j is it by two of its questions, else %s', (questionnaire, without) => {
    expect(fitsForm({ questionnaire, item }, asked)).toBe('yes');
    expect(fitsForm({ questionnaire, item: item.slice(1) }, asked)).toBe(without);
    const twice = [...item.slice(1), ...item.slice(1)];
    expect(fitsForm({ questionnaire, item: twice }, asked)).toBe(without);
  });
});
