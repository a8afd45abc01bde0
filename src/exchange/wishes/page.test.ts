// Does the page say what the card says, and can no text of a holder break out of it?
import { describe, expect, test } from 'vitest';
import { answer, bsn, codes, patient, r4Directive, r4Statement, today } from '../../../tests/world/wishes.ts';
import { isNarrative } from '../../fhir/narrative.ts';
import { parseXml, printXml } from '../../fhir/xml.ts';
import { registryFor } from '../../validation/openValidator.ts';
import { createValidator } from '../../validation/validator.ts';
import { buildCard } from './card.ts';
import type { Card } from './cardShape.ts';
import { cardWords } from './cardWords.ts';
import { printCardComposition } from './composition.ts';
import { printCardPage } from './page.ts';

const hostile =
  '"><img src=x onerror=alert(1)></blockquote><style>*{display:none}</style><script>alert(2)</script>';
const turned = 'niet\u202e tiemaner\u200b wel';

const cardOf = (...answers: Parameters<typeof buildCard>[0][number][]): Card =>
  buildCard(answers, { at: today, bsn });

const mixed = cardOf(
  answer('Huisarts', r4Directive(codes.cpr, 'permit', '2022-05-01')),
  answer(
    'Verpleeghuis',
    r4Statement('NR', '2025-11-03'),
    r4Directive(codes.hospital, { other: 'Alleen bij een breuk' }, '2025-07-29'),
  ),
  { holder: { name: 'Apotheek' }, resources: [patient()] },
  { holder: { name: 'Ziekenhuis' }, state: 'timeout', resources: [] },
);

/** All text of a page in reading order, as somebody hears it who does not see it. */
const heard = (html: string): string =>
  html
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replace(/<span[^>]*aria-hidden="true">[\s\S]*?<\/span>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page of a crew card', () => {
  test('says resuscitation first, and both statements where they contradict each other', () => {
    const text = heard(printCardPage(mixed, 'nl'));
    expect(text.indexOf('NIET REANIMEREN')).toBeGreaterThan(0);
    expect(text.indexOf('NIET REANIMEREN')).toBeLessThan(text.indexOf('WEL REANIMEREN'));
    expect(text.indexOf('WEL REANIMEREN')).toBeLessThan(text.indexOf('Opname in ziekenhuis'));
    expect(text.indexOf('VASTLEGGINGEN SPREKEN ELKAAR TEGEN')).toBeGreaterThan(0);
    expect(text.indexOf('VASTLEGGINGEN SPREKEN ELKAAR TEGEN')).toBeLessThan(text.indexOf('NIET REANIMEREN'));
  });

  test('says whether the patient can decide, and that sources differ on it', () => {
    const capacity = {
      capable: false,
      conflict: true,
      date: '2025-01-01',
      comment: 'wisselend',
      holder: 'GP',
    };
    const text = (more: object | null) =>
      heard(printCardPage({ ...mixed, capacity: more && { ...capacity, ...more } }, 'en'));
    expect(text({})).toContain(`${cardWords.incapable.en} ≠ ${cardWords.differ.en} wisselend`);
    expect(text({ capable: true, conflict: false })).toContain(cardWords.capable.en);
    expect(text({ conflict: false })).not.toContain(cardWords.differ.en);
    for (const words of [cardWords.capable.en, cardWords.incapable.en])
      expect(text(null)).not.toContain(words);
  });

  test('says on top who did not answer, and never that there are no limits', () => {
    const text = heard(printCardPage(mixed, 'en'));
    expect(text.indexOf('Not complete: Ziekenhuis did not answer in time')).toBeGreaterThan(0);
    expect(text.indexOf('Not complete')).toBeLessThan(text.indexOf('DO NOT RESUSCITATE'));
    expect(text).toContain(
      'No record of this at Apotheek , Huisarts , Verpleeghuis ; Ziekenhuis did not answer in time',
    );
    expect(text).toContain('No record does not mean that there are no limits.');
    expect(text.replace('does not mean that there are no limits', '')).not.toMatch(/no limits/i);
  });

  test('never says "not decided" of what nobody can read, and folds it away nowhere', () => {
    const modifierExtension = [{ url: 'https://epd.example/reversed', valueBoolean: true }];
    const unread = { ...r4Directive(codes.cpr, 'permit', '2025-07-29'), modifierExtension };
    const older = r4Directive(codes.cpr, 'permit', '2020-01-01');
    for (const [language, word, not] of [
      ['nl', 'NIET TE DUIDEN', 'NIET BESLIST'],
      ['en', 'NOT INTERPRETED', 'NOT DECIDED'],
    ] as const)
      for (const card of [cardOf(answer('GP', unread)), cardOf(answer('GP', unread, older))]) {
        const page = printCardPage(card, language).replace(/<details>[\s\S]*?<\/details>/g, '');
        const composed = JSON.stringify(
          printCardComposition(card, { language, baseUrl: 'https://sluis.example' }),
        );
        for (const text of [heard(page), composed]) {
          expect(text).toContain(word);
          expect(text).not.toContain(not);
          expect(text).toContain('https://epd.example/reversed');
        }
      }
  });

  test('a line with history alone is no line that nobody recorded, also when the history did not fit', () => {
    const [first, ...lines] = mixed.lines;
    const card: Card = {
      ...mixed,
      lines: [
        {
          ...first!,
          decision: 'no_record',
          conflict: 'none',
          verbatim: null,
          holder: null,
          history: [],
          omitted: 2,
        },
        ...lines,
      ],
    };
    const text = heard(printCardPage(card, 'en'));
    expect(text).toMatch(/NO RECORD .*\+ 2 more, not on this card.*Other treatments/);
  });

  test('gives each decision its words, its own text, source, date and age', () => {
    const text = heard(printCardPage(mixed, 'en'));
    expect(text).toMatch(
      /Hospital admission .*ONLY IF .*Alleen bij een breuk .*29 Jul 2025 \(5 months ago\) · Verpleeghuis/,
    );
  });

  test('has a sign and a word for every decision, so that colour is never alone', () => {
    const html = printCardPage(mixed, 'nl');
    for (const [, inner] of html.matchAll(/<p class="said">([\s\S]*?)<\/p>/g))
      expect(inner).toMatch(/<span class="sign" aria-hidden="true">[✓✗◐?–]<\/span><span>[A-Z ,]+<\/span>/);
  });

  test('links a phone number that can be dialled, and no other', () => {
    const person = (phone: string | null): Card => ({
      ...mixed,
      representatives: [{ name: 'Jan', roles: ['24'], phone, holder: 'Huisarts' }],
    });
    const page = (phone: string | null) => printCardPage(person(phone), 'nl');
    expect(page('+31 (0)6-1234 5678')).toContain('href="tel:+31612345678"');
    for (const phone of ['javascript:alert(1)', '06-12345678" onclick="x', '*21*0900123#', 'vraag de balie'])
      expect(page(phone)).not.toContain('href="tel:');
    expect(page(null)).toContain('geen telefoonnummer');
  });

  test('shows hostile texts as text, wherever they stand', () => {
    const evil = hostile.slice(0, 110);
    const card: Card = JSON.parse(JSON.stringify(mixed), (key, value: unknown) =>
      typeof value === 'string' &&
      !['decision', 'conflict', 'key', 'state', 'method', 'standing', 'severity'].includes(key)
        ? evil
        : value,
    );
    for (const html of [
      printCardPage(
        {
          ...card,
          representatives: [{ name: evil, roles: [evil], relation: evil, phone: evil, holder: evil }],
        },
        'nl',
      ),
    ]) {
      expect(html.match(/<style>/g)).toHaveLength(1);
      expect(html).not.toMatch(/<script|<img|<[^>]*\son[a-z]+=/i);
      expect(html).toContain('&quot;&gt;&lt;img src=x');
    }
  });

  test('writes out characters that turn or hide text, and isolates every foreign text', () => {
    const card = cardOf(answer('Huisarts', r4Directive(codes.icu, { other: turned }, '2025-01-01')));
    const html = printCardPage(card, 'nl');
    expect(html).not.toMatch(/[\u202a-\u202e\u200b]/);
    expect(html).toContain('<blockquote><bdi>niet\\u{202e} tiemaner\\u{200b} wel</bdi></blockquote>');
  });

  test('needs no script, no style attribute and nothing from elsewhere', () => {
    const html = printCardPage(mixed, 'nl');
    expect(html).not.toMatch(/<script|\sstyle=|src=|<link|@import|url\(|https?:/i);
  });

  test('says that an empty card is no permission', () => {
    const html = heard(printCardPage(cardOf({ holder: { name: 'Huisarts' }, resources: [patient()] }), 'nl'));
    expect(html).toContain('NIET VASTGELEGD');
    expect(html).toContain('Niet vastgelegd betekent niet dat er geen behandelgrenzen zijn.');
  });
});

describe('the Composition of a crew card', () => {
  const validator = createValidator({ registry: registryFor({ packages: [] }) });
  const options = { language: 'nl', baseUrl: 'https://gateway.example' } as const;

  test('is a valid R4 Composition whose narratives are XHTML', () => {
    const composition = printCardComposition(mixed, options);
    const grave = validator
      .validate(composition, { version: 'r4' })
      .filter(({ severity }) => severity === 'error' || severity === 'fatal');
    expect(grave).toEqual([]);
    const sections = composition.section as { text: { div: string } }[];
    for (const { text } of sections) expect(isNarrative(text.div)).toBe(true);
    expect(parseXml(Buffer.from(printXml(composition, 'r4')), 'r4')).toMatchObject({
      resourceType: 'Composition',
    });
  });

  test('stays valid with hostile texts', () => {
    const card = cardOf(
      answer(hostile, r4Directive(codes.cpr, { other: hostile }, '2025-01-01')),
      answer('<b>&', r4Directive({ text: hostile }, 'deny', '2025-01-01')),
    );
    const composition = printCardComposition(card, options);
    expect(
      validator.validate(composition, { version: 'r4' }).filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
    expect(JSON.stringify(composition.section)).not.toContain('<img');
  });

  test('carries decision and conflict as codes for programs, and is preliminary while holders are silent', () => {
    const composition = printCardComposition(mixed, options);
    expect(composition.status).toBe('preliminary');
    expect(JSON.stringify(composition)).toContain('"url":"decision","valueCode":"do_not"');
    expect(JSON.stringify(composition)).toContain('"url":"conflict","valueCode":"strong"');
    expect(printCardComposition(cardOf(answer('Huisarts')), options).status).toBe('final');
  });
});
