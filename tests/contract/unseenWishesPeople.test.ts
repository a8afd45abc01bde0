// Whose wishes are these, and who speaks for the patient? Patients whose records name people in odd places, or somebody else altogether.
import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { bundle, related, roles } from '../world/unseenWishes.ts';
import { bsn, changed, codes, otherBsn, patient, r4Directive, r4Statement } from '../world/wishes.ts';
import { cardOf, findingsOn, toldLines } from './cardStage.ts';

const of = (...files: readonly FhirResource[]) => cardOf({ gp: files });
const cpr = (more: object = {}) => changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { ...more });
const icu = (more: object = {}) => changed(r4Directive(codes.icu, 'permit', '2025-01-01'), { ...more });
const ours = 'cpr do_not none 2025-01-01 gp';
const role = (code: string) => [{ coding: [{ system: roles, code }] }];

describe('who speaks for the patient', () => {
  const people = async (...files: readonly FhirResource[]) =>
    (await of(patient(), ...files)).representatives.map(({ name, phone }) => `${name}: ${phone}`);

  it('is read from a person inside the record, and from one whom a statement names as representative', async () => {
    const person = { ...related({ telecom: [{ system: 'phone', value: '0612345678' }] }), id: 'rp' };
    expect(await people(cpr({ contained: [person] }))).toEqual(['Bas Proef: 0612345678']);
    const unlisted = { ...related({ telecom: [{ system: 'phone', value: '06-1' }] }), id: 'r9' };
    const named = { ...unlisted, relationship: [] };
    const actor = {
      role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'RESPRSN' }] },
      reference: { reference: 'RelatedPerson/r9' },
    };
    expect(await people(named, r4Statement('VOL', '2025', { provision: { actor: [actor] } }))).toEqual([
      'Bas Proef: 06-1',
    ]);
    expect(await people(named)).toEqual([]);
  });

  it('has a number wherever it stands: without a system, as an address, mobile before an old one', async () => {
    for (const telecom of [
      [{ value: '06-12345678' }],
      [{ system: 'url', value: 'tel:06-12345678' }],
      [{ system: 'other', value: '06-12345678' }],
      [{ system: 'sms', value: '06-12345678' }],
      [
        { system: 'phone', use: 'old', value: '0201234567' },
        { system: 'phone', use: 'home', value: '06-12345678' },
      ],
      [
        { system: 'phone', value: '0201234567', period: { end: '2020-01-01' } },
        { system: 'phone', value: '06-12345678' },
      ],
    ])
      expect(await people(related({ telecom })), JSON.stringify(telecom)).toEqual(['Bas Proef: 06-12345678']);
    expect(await people(related({ telecom: [{ value: 'bas@proef.example' }] }))).toEqual(['Bas Proef: null']);
  });

  it('is called by a name as people say it: call name over initials, each part once', async () => {
    const qualifier = (code: string) => ({
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier', valueCode: code }],
    });
    const name = [
      {
        family: 'van Proef',
        given: ['Johannes', 'Jan', 'J.'],
        _given: [qualifier('BR'), qualifier('CL'), qualifier('IN')],
      },
    ];
    expect(await people(related({ name }))).toEqual(['Jan van Proef: null']);
    const initials = [{ family: 'Proef', given: ['J.'], _given: [qualifier('IN')] }];
    expect(await people(related({ name: initials }))).toEqual(['J. Proef: null']);
    expect(await people(related({ name: [{ family: 'Proef', given: ['Jo', 'Jo'] }] }))).toEqual([
      'Jo Proef: null',
    ]);
  });

  it('is a contact on the Patient too; a guardian and a curator speak, a neighbour does not', async () => {
    const contact = (code: string, name: string) => ({ relationship: role(code), name: { text: name } });
    const withContacts = changed(patient(), {
      contact: [contact('03', 'Curator'), contact('15', 'Mentor'), contact('09', 'Buur')],
    });
    expect((await of(withContacts, cpr())).representatives.map(({ name }) => name)).toEqual([
      'Curator',
      'Mentor',
    ]);
  });
});

describe('a record', () => {
  it('of another patient is an error and not on the card, however the number is written', async () => {
    const oid = { identifier: { system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value: otherBsn } };
    for (const [subject, ...more] of [
      [{ reference: 'Patient/p2' }, patient(otherBsn, 'p2')],
      [oid],
      [{ reference: 'Patient/nobody' }],
      [{ reference: 'https://elsewhere.example/fhir/Patient/nobody' }],
    ] as const) {
      const blood = r4Directive(codes.blood, 'deny', '2024-01-01');
      const card = await of(patient(), cpr(), blood, ...more, icu({ patient: subject }));
      expect(toldLines(card), JSON.stringify(subject)).toEqual([ours, 'blood do_not none 2024-01-01 gp']);
      expect(findingsOn(card)).toContain('other-patient');
    }
  });

  it('of a Patient without a number is not mixed with that of another such Patient', async () => {
    const nameless = (id: string, birthDate: string) =>
      changed(patient(bsn, id), { identifier: [], birthDate });
    const [a, b] = [nameless('a', '1940-02-29'), nameless('b', '1950-01-01')];
    const first = cpr({ patient: { reference: 'Patient/a' } });
    const second = r4Directive(codes.blood, 'deny', '2024-01-01');
    const other = icu({ patient: { reference: 'Patient/b' } });
    const card = await of(a, b, first, changed(second, { patient: { reference: 'Patient/a' } }), other);
    expect(toldLines(card)).toEqual([ours, 'blood do_not none 2024-01-01 gp']);
    expect(findingsOn(card)).toContain('other-patient');
  });

  it('that names its patient by number alone, or inside itself, is ours', async () => {
    const logical = { type: 'Patient', identifier: { system: '2.16.840.1.113883.2.4.6.3', value: bsn } };
    const inside = { patient: { reference: '#p' }, contained: [{ ...patient(), id: 'p' }] };
    for (const consent of [cpr({ patient: logical }), cpr(inside)]) {
      const card = await of(consent);
      expect([toldLines(card), findingsOn(card)]).toEqual([[ours], []]);
    }
  });

  it('without any Patient is on the card, and told as not proved; of two unknown ones only the likelier', async () => {
    const card = await of(cpr());
    expect([toldLines(card), findingsOn(card), card.patient]).toEqual([[ours], ['patient-unproven'], null]);
    const stranger = icu({ patient: { reference: 'Patient/p2' } });
    const second = r4Directive(codes.blood, 'deny', '2024-01-01');
    const mixed = await of(cpr(), second, stranger);
    expect(toldLines(mixed)).toEqual([ours, 'blood do_not none 2024-01-01 gp']);
    expect(findingsOn(mixed)).toContain('other-patient');
  });

  it('in one Bundle with somebody else’s keeps to its own patient', async () => {
    const other = [patient(otherBsn, 'p2'), icu({ patient: { reference: 'Patient/p2' } })];
    const card = await of(bundle('searchset', patient(), cpr(), ...other), r4Statement('NR', '2024-01-01'));
    expect(toldLines(card)).toEqual([ours]);
    expect(card).toMatchObject({ patient: { bsn }, holders: [{ records: 2, left_out: 1 }] });
  });
});

describe('sixty records of many holders', () => {
  it('make a card of at most five kilobytes with every decision, also in the longest words', async () => {
    const long = 'é'.repeat(900);
    const holders = Object.fromEntries(
      Array.from({ length: 10 }, (_, holder) => [
        `Verpleeghuis ${'W'.repeat(60)} ${holder}`,
        [
          patient(),
          ...Object.values(codes).map((code, index) =>
            r4Directive(
              code,
              index % 2 === 0 ? 'deny' : { other: long },
              `20${10 + holder}-01-0${index + 1}`,
            ),
          ),
        ],
      ]),
    );
    const card = await cardOf(holders);
    expect(card.lines.filter(({ decision }) => decision !== 'no_record')).toHaveLength(6);
    expect(card.lines.every(({ date }) => date === null || date.startsWith('2019'))).toBe(true);
  });
});
