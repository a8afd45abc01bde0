// Is each question of both published forms read that the card needs? Every linkId alone, beside one treatment decision.
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { r4Form } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';

const besluit = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';
const form = (...items: readonly object[]): FhirResource => ({
  ...r4Form({}, undefined),
  authored: '2025-03-01T10:00:00Z',
  item: items,
});
const text = (linkId: string, valueString: string) => ({ linkId, answer: [{ valueString }] });
const decided = (linkId: string, code = '2') => ({
  linkId,
  answer: [{ valueCoding: { system: besluit, code } }],
});
const each = (ids: string) => ids.split(' ').map((id) => [id] as const);

describe('a decision', () => {
  it.each([
    ['1386', 'cpr', '1001', '1002'],
    ['1387', 'ventilation', '1388', '1389'],
    ['1390', 'icu', '1391', '1392'],
    ['1393', 'hospital', '1394', '1395'],
    ['1396', 'antibiotics', '1397', '1398'],
    ['1399', 'blood', '1400', '1401'],
    ['1005', 'icd_off', undefined, '1010'],
    ['587', 'cpr', '122', '86'],
    ['588', 'ventilation', '123', '92'],
    ['589', 'icu', '124', '88'],
    ['590', 'hospital', '125', '94'],
    ['591', 'antibiotics', '126', '96'],
    ['592', 'blood', '127', '98'],
    ['595', 'icd_off', undefined, '596'],
  ])('by %s is about %s, with its limit and its note', (...[linkId, key, limit, note]) => {
    const said = [...(limit ? [text(limit, 'alleen overdag')] : []), text(note, 'besproken met dochter')];
    const line = lineOf(cardOf(form(decided(linkId), ...said)), key);
    expect(line.decision).toBe('do_not');
    const told = JSON.stringify(line);
    expect(told).toContain('besproken met dochter');
    if (limit) expect(told).toContain('alleen overdag');
  });
});

describe('who speaks for the patient, and whom to call first', () => {
  const speaker = (...items: object[]) => cardOf(form(decided('1386'), ...items)).representatives;
  const name = { representative: text('973', 'Vera'), first: text('985', 'Ward') };

  it.each(each('973 974 975 392 393 394 985 986 987 395 396 397'))('by name, %s', (id) => {
    expect(speaker(text(id, 'Vera'))).toMatchObject([{ name: 'Vera' }]);
  });

  it.each(each('976 977 978 979 398 399 400'))('the first by phone, %s', (id) => {
    expect(speaker(name.representative, text(id, '0612345678'))).toMatchObject([{ phone: '0612345678' }]);
  });

  it.each(each('988 989 990 991 403 404 405'))('the other by phone, %s', (id) => {
    expect(speaker(name.first, text(id, '0612345678'))).toMatchObject([{ phone: '0612345678' }]);
  });

  it.each([
    ['980', name.representative],
    ['401', name.representative],
    ['992', name.first],
    ['406', name.first],
  ])('by mail, %s', (id, named) => {
    expect(speaker(named, text(id, 'v@example.org'))).toMatchObject([{ email: 'v@example.org' }]);
  });

  it.each([
    ['983', name.representative],
    ['51', name.representative],
    ['995', name.first],
    ['77', name.first],
  ])('by relation, %s', (id, named) => {
    expect(speaker(named, text(id, 'dochter'))).toMatchObject([{ relation: 'dochter' }]);
  });
});

describe('what else the card tells', () => {
  const day = (linkId: string) => ({ linkId, answer: [{ valueDateTime: '2024-05-06' }] });

  it.each(each('963 385'))('the day of the talk, %s', (id) => {
    expect(lineOf(cardOf(form(decided('1386'), day(id)))).date).toBe('2024-05-06');
  });

  it.each(each('968 969 970 389 390 391 1405 786'))('who led it, %s', (id) => {
    expect(JSON.stringify(cardOf(form(decided('1386'), text(id, 'Huisarts Vos'))))).toContain('Huisarts Vos');
  });

  it.each(each('1406 1651 787'))('that the patient cannot decide, %s', (id) => {
    const said = { linkId: id, answer: [{ valueBoolean: false }] };
    expect(cardOf(form(decided('1386'), said)).capacity).toMatchObject({ capable: false });
  });

  it.each(each('1407 788'))('and why, %s', (id) => {
    const said = { linkId: '1406', answer: [{ valueBoolean: false }] };
    const { capacity } = cardOf(form(decided('1386'), said, text(id, 'wisselend')));
    expect(capacity).toMatchObject({ comment: 'wisselend' });
  });
});
