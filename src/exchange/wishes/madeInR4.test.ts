// Does who reads and ranks the R4 that is made of wishes come to what the card says of their source?
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { changed, codes, r4Form, stu3Directive } from '../../../tests/world/wishes.ts';
import { isResource, resourcesOf } from '../../fhir/bundles.ts';
import { loadMaps } from '../../mapping/loadMaps.ts';
import { roundTrip } from '../../mapping/roundTrip.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { FhirResource } from '../../model.ts';

const maps = loadMaps(resolve(import.meta.dirname, '../../../mappings'));
const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'test' };

function named(name: string) {
  const map = maps.get(name);
  if (!map) throw new Error(`no map ${name}`);
  return map;
}
const ways = { stu3: named('stu3-to-r4'), r4: named('r4-to-stu3') };

function made(name: string, source: FhirResource): FhirResource {
  const { target } = runMap(named(name), source, settings);
  if (!isResource(target)) throw new Error('no resource');
  return target;
}

const specification = 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther';
const comment = 'http://nictiz.nl/fhir/StructureDefinition/Comment';
const permitted = 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-TreatmentPermitted';
const text = (words: string) => [{ url: specification, valueString: words }];

const answered = (coding: object) =>
  changed(stu3Directive(codes.cpr, 'JA', { dateTime: '2025-01-01' }), {
    modifierExtension: [{ url: permitted, valueCodeableConcept: { coding: [coding] } }],
  });

describe('a directive of STU3', () => {
  const dates = { verified: '2025-09-01', start: '2024-05-01', dateTime: '2020-01-01' };
  it.each([
    [dates, '2025-09-01'],
    [{ ...dates, verified: '2019' }, '2019'],
    [{ start: '2024-05', dateTime: '2024-05-01' }, '2024-05'],
    [{ verified: '2025-09-01' }, '2025-09-01'],
    [{ dateTime: '2020-01-01' }, '2020-01-01'],
  ])('has the day of its talk as the one date of R4, and goes back whole: %j', (given, day) => {
    const source = stu3Directive(codes.cpr, 'NEE', given);
    expect(made('stu3-to-r4', source).dateTime).toBe(day);
    expect(lineOf(cardOf(source)).date).toBe(day);
    expect(roundTrip(ways, { source, version: 'stu3' }, settings).losses).toEqual([]);
  });

  it('with a limit beside a no, or beside what is not decided, has it in the comment', () => {
    for (const [decision, shown] of [
      ['NEE', { provision: { type: 'deny' } }],
      ['UNK', { modifierExtension: text('Onbekend') }],
    ] as const)
      for (const own of ['Met de dochter besproken', undefined]) {
        const source = stu3Directive(codes.cpr, decision, { start: '2025-01-01', limit: 'behalve op de OK' });
        if (own !== undefined)
          source.extension = [...[source.extension].flat(), { url: comment, valueString: own }];
        const r4 = made('stu3-to-r4', source);
        const words = own === undefined ? 'behalve op de OK' : `${own} | behalve op de OK`;
        expect(r4).toMatchObject(shown);
        expect(r4.extension).toContainEqual({
          url: 'http://nictiz.nl/fhir/StructureDefinition/ext-Comment',
          valueString: words,
        });
        expect(lineOf(cardOf(r4)).decision).toBe(lineOf(cardOf(source)).decision);
        expect(roundTrip(ways, { source, version: 'stu3' }, settings).losses).toEqual([]);
      }
  });

  it.each([
    ['UNK', 'unknown', 'Onbekend'],
    ['NASK', undefined, 'Niet besproken'],
    ['ASKU', 'asked but unknown', 'Nee, nog geen besluit genomen'],
  ])('that decides nothing says so in the words of zib2020: %s, %s', (code, display, words) => {
    const source = answered({ system: 'http://hl7.org/fhir/v3/NullFlavor', code, display });
    expect(made('stu3-to-r4', source).modifierExtension).toEqual(text(words));
  });

  it.each(['JA', 'NEE'])('is words alone where its code is of another list: %s', (code) => {
    const source = answered({ system: 'http://epd.example/answers', code, display: 'Ja hoor' });
    const r4 = made('stu3-to-r4', source);
    expect(r4).toMatchObject({ modifierExtension: text('Ja hoor') });
    expect(r4.provision).not.toHaveProperty('type');
    expect(lineOf(cardOf(r4))).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
  });

  it('of R4 whose category is in words alone comes back as one', () => {
    const source = changed(stu3Directive(codes.cpr, 'NEE', { dateTime: '2025' }), {
      category: [{ text: 'Behandelgrens' }],
    });
    const back = made('r4-to-stu3', made('stu3-to-r4', source));
    expect(lineOf(cardOf(back))).toMatchObject({ decision: 'do_not', date: '2025' });
  });
});

describe('a form', () => {
  const consents = (form: FhirResource): FhirResource[] =>
    resourcesOf(made('pzp-form-to-r4', form)).filter(({ resourceType }) => resourceType === 'Consent');
  const answer = (valueCoding: object, ...item: object[]) =>
    changed(r4Form({}, '2025-01-01'), {
      item: [{ linkId: '1386', answer: [{ valueCoding, ...(item.length > 0 ? { item } : {}) }] }],
    });
  const limit = { linkId: '1001', answer: [{ valueString: 'behalve op de OK' }] };
  const list = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';

  it('with a code of another list decides nothing', () => {
    const [consent] = consents(answer({ system: 'http://epd.example/answers', code: '0' }));
    expect(consent).toMatchObject({ modifierExtension: text('0 (http://epd.example/answers)') });
    expect(consent?.provision).not.toHaveProperty('type');
  });

  it('with a limit beside a no has it in the comment, as the card has it beside the no', () => {
    const form = answer({ system: list, code: '2' }, limit);
    const [consent] = consents(form);
    expect(consent).toMatchObject({
      provision: { type: 'deny' },
      extension: [{ valueString: 'behalve op de OK' }],
    });
    expect(lineOf(cardOf(form))).toMatchObject({ decision: 'do_not', verbatim: 'behalve op de OK' });
  });

  it('that decides nothing says so in the words of zib2020, whatever stands beside it', () => {
    const system = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';
    for (const below of [[], [limit]]) {
      const [consent] = consents(answer({ system, code: 'UNK', display: 'unknown' }, ...below));
      expect(consent).toMatchObject({ modifierExtension: text('Onbekend') });
    }
  });

  it('without the day of the talk gives none: when it was typed over is not when it was said', () => {
    const typed = consents(r4Form({ 1386: { decision: '2' } }, undefined));
    expect(typed).toHaveLength(1);
    expect(typed[0]).not.toHaveProperty('dateTime');
  });

  it('with a modifier that nobody knows passes it on to what was made of that answer', () => {
    const modifierExtension = [{ url: 'https://epd.example/reversed', valueBoolean: true }];
    const no = { system: list, code: '2' };
    const item = (more: object, below: object) => [
      { linkId: '83', ...more, item: [{ linkId: '1386', answer: [{ valueCoding: no, ...below }] }] },
      { linkId: '1390', answer: [{ valueCoding: no }] },
    ];
    const form = r4Form({}, '2025-01-01');
    for (const one of [item({ modifierExtension }, {}), item({}, { modifierExtension })]) {
      const [cpr, icu] = consents(changed(form, { item: one }));
      expect(cpr).toMatchObject({ modifierExtension });
      expect(icu).not.toHaveProperty('modifierExtension');
    }
    const all = consents(changed(form, { item: item({}, {}), modifierExtension }));
    expect(all).toMatchObject([{ modifierExtension }, { modifierExtension }]);
  });
});
