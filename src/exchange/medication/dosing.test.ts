// Is a dosing without a text told whole, or else not at all and with a warning?
import { describe, expect, it, test } from 'vitest';
import type { FhirResource } from '../../model.ts';
import { dosingAtSource } from './block.ts';
import { dosingText } from './dosing.ts';
import { parseMedication, readMedication } from './readContent.ts';
import { readFhir } from './readFhir.ts';
import type { Tree } from './tree.ts';

const amount = (value: number, unit = 'stuk') => ({ value, unit });
const dose = (value: number) => [{ doseQuantity: amount(value) }];
const length = (value: number, code: string) => ({ value, unit: code, code });
const daily = { frequency: 1, period: 1, periodUnit: 'd' };
const timed = (repeat: object, more: object = {}) => ({
  timing: { repeat },
  doseAndRate: dose(1),
  ...more,
});
const taper = (sequence: number, days: number, pills: number) => ({
  sequence,
  timing: { repeat: { ...daily, boundsDuration: length(days, 'd') } },
  doseAndRate: dose(pills),
});
const drink = { text: 'met veel water' };

describe('a dosing without a text', () => {
  const whole: readonly [string, readonly Tree[]][] = [
    ['alleen op maandag, 6 stuk', [timed({ dayOfWeek: ['mon'] }, { doseAndRate: dose(6) })]],
    [
      '1 x per dag, alleen op maandag, woensdag en vrijdag, 1 stuk',
      [timed({ ...daily, dayOfWeek: ['mon', 'wed', 'fri'] })],
    ],
    [
      'gedurende 5 dagen, 1 x per dag, 6 stuk; daarna gedurende 5 dagen, 1 x per dag, 3 stuk',
      [taper(2, 5, 3), taper(1, 5, 6)],
    ],
    ['om 08:00 en 20:30, 1 stuk', [timed({ timeOfDay: ['08:00:00', '20:30:00'] })]],
    [
      "1 x per dag, 's ochtends, 1 stuk; en 1 x per dag, 's avonds, 1 stuk",
      [
        timed({ ...daily, when: ['MORN'] }, { sequence: 1 }),
        timed({ ...daily, when: ['EVE'] }, { sequence: 1 }),
      ],
    ],
    ['snelheid 2 ml per uur', [{ doseAndRate: [{ rateQuantity: amount(2, 'ml/h') }] }]],
    [
      'snelheid 1 tot 2 ml per uur',
      [{ doseAndRate: [{ rateRange: { low: amount(1, 'ml/h'), high: amount(2, 'ml/h') } }] }],
    ],
    [
      'snelheid 50 ml per 2 uur',
      [{ rateRatio: { numerator: amount(50, 'ml'), denominator: length(2, 'h') } }],
    ],
    [
      '1 tot 4 x per dag, 1 stuk, zo nodig',
      [timed({ ...daily, frequencyMax: 4 }, { asNeededBoolean: true })],
    ],
    [
      '1 x per 4 tot 6 uur, 1 stuk, zo nodig: bij pijn, bij koorts, maximaal 4 stuk per dag',
      [
        timed(
          { frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' },
          {
            asNeededCodeableConcept: { text: 'bij pijn' },
            extension: [
              {
                url: 'http://nictiz.nl/fhir/StructureDefinition/ext-Dosage-AsNeededFor',
                valueCodeableConcept: { text: 'bij koorts' },
              },
            ],
            maxDosePerPeriod: { numerator: amount(4), denominator: length(1, 'd') },
          },
        ),
      ],
    ],
    ['1 x per 1 tot 2 dagen, 1 stuk', [timed({ ...daily, periodMax: 2 })]],
    ['elke 1 tot 2 weken, 1 stuk', [timed({ period: 1, periodMax: 2, periodUnit: 'wk' })]],
    [
      '1 x per dag, 0,5 tot 1,5 stuk',
      [{ timing: { repeat: daily }, doseAndRate: [{ doseRange: { low: amount(0.5), high: amount(1.5) } }] }],
    ],
    ['1 x per dag, 2 stuk', [{ timing: { repeat: daily }, doseQuantity: amount(2) }]],
    ['eenmalig, 1 stuk', [timed({ count: 1 })]],
    ['in totaal 2 tot 3 x, 1 stuk', [timed({ count: 2, countMax: 3 })]],
    [
      'vanaf 1 jan 2024, tot en met 5 jan 2024, 1 x per dag, 1 stuk',
      [timed({ ...daily, boundsPeriod: { start: '2024-01-01', end: '2024-01-05' } })],
    ],
    [
      '1 x per 8 uur, op vaste tijden, 1 stuk',
      [
        timed({
          frequency: 1,
          period: 8,
          periodUnit: 'h',
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timing-exact', valueBoolean: true }],
        }),
      ],
    ],
    [
      '1 x per dag, toedienen in 30 minuten, 1 stuk, met veel water',
      [timed({ ...daily, duration: 30, durationUnit: 'min' }, { additionalInstruction: [drink] })],
    ],
    ['volgens voorschrift', [{ text: 'volgens voorschrift', timing: { repeat: daily } }]],
  ];
  test.each(whole)('is told whole: %s', (text, dosages) => {
    expect(dosingText(dosages, undefined)).toBe(text);
  });

  it('tells after what a cycle begins anew, and its pause', () => {
    const pause = { sequence: 2, timing: { repeat: { boundsDuration: length(7, 'd') } } };
    expect(dosingText([taper(1, 21, 1), pause], { valueDuration: length(28, 'd') })).toBe(
      'cyclus van 28 dagen: gedurende 21 dagen, 1 x per dag, 1 stuk; daarna gedurende 7 dagen niets',
    );
  });

  const untold: readonly [string, readonly Tree[]][] = [
    ['an unknown moment of the day', [timed({ when: ['ACX'] })]],
    ['a distance to a meal', [timed({ when: ['AC'], offset: 30 })]],
    ['moments', [{ timing: { event: ['2024-01-01'] }, doseAndRate: dose(1) }]],
    ['a number of times without a time', [timed({ frequency: 2 })]],
    [
      'a dose without a unit',
      [{ timing: { repeat: daily }, doseAndRate: [{ doseQuantity: { value: 6, code: '1' } }] }],
    ],
    [
      'a dose that is less than it says',
      [{ doseAndRate: [{ doseQuantity: { ...amount(6), comparator: '<' } }] }],
    ],
    ['two doses, one ordered and one calculated', [{ doseAndRate: [...dose(1), ...dose(2)] }]],
    ['an extension that is not known', [timed(daily, { extension: [{ url: 'urn:x', valueBoolean: true }] })]],
    ['a modifier', [{ text: 'x', modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }]],
    ['a most for a whole life', [timed(daily, { maxDosePerLifetime: amount(3) })]],
    ['steps of which some have a number', [taper(1, 5, 6), timed(daily)]],
    [
      'steps with other routes',
      [timed(daily, { route: { text: 'oraal' } }), timed(daily, { route: { text: 'rectaal' } })],
    ],
    ['a length alone', [{ timing: { repeat: { boundsDuration: length(2, 'wk') } } }]],
    ['one part of two', [timed(daily), timed({ when: ['ACX'] })]],
  ];
  test.each(untold)('is to be read at its source: %s', (_, dosages) => {
    expect(dosingText(dosages, undefined)).toBe(dosingAtSource);
  });

  it('says nothing of what says nothing but a route', () => {
    expect(dosingText([{ route: { text: 'oraal' }, sequence: 1 }], undefined)).toBeUndefined();
    expect(dosingText([], {})).toBe(dosingAtSource);
  });
});

describe('a block of which the dosing is not told', () => {
  const agreement = (more: object): FhirResource => ({
    resourceType: 'MedicationRequest',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
    medicationCodeableConcept: { text: 'Pil' },
    ...more,
  });
  const read = (more: object) => {
    const { blocks, findings } = readFhir([{ resource: agreement(more) }], 'h');
    return [blocks[0]?.dosage, findings.some(({ rule }) => rule === 'dosing-at-source')];
  };

  it('has a warning, and no part of the dosing', () => {
    expect(read({ dosageInstruction: [timed({ frequency: 2 })] })).toEqual([dosingAtSource, true]);
    expect(read({ dosageInstruction: [timed(daily)] })).toEqual(['1 x per dag, 1 stuk', false]);
    expect(read({})).toEqual([undefined, false]);
  });

  it('has one too for a cycle, unless the text to show is there', () => {
    const base = 'http://nictiz.nl/fhir/StructureDefinition/';
    const cycle = [{ url: `${base}ext-InstructionsForUse.RepeatPeriodCyclicalSchedule` }];
    expect(read({ modifierExtension: cycle, dosageInstruction: [timed(daily)] })).toEqual([
      dosingAtSource,
      true,
    ]);
    const extension = [{ url: `${base}ext-RenderedDosageInstruction`, valueString: 'cyclus' }];
    expect(read({ modifierExtension: cycle, extension })).toEqual(['cyclus', false]);
  });

  it('has one in ADA, where the structure stands without its text', () => {
    const document = `<adaxml><data><sturen_medicatiegegevens><medicamenteuze_behandeling><medicatieafspraak>
      <gebruiksinstructie><doseerinstructie><dosering><keerdosis><aantal><nominale_waarde value="6"/></aantal></keerdosis></dosering></doseerinstructie></gebruiksinstructie>
      </medicatieafspraak></medicamenteuze_behandeling></sturen_medicatiegegevens></data></adaxml>`;
    const { blocks, findings } = readMedication([parseMedication(Buffer.from(document))], 'h');
    expect(blocks[0]?.dosage).toBe(dosingAtSource);
    expect(findings.map(({ rule }) => rule)).toContain('dosing-at-source');
  });
});
