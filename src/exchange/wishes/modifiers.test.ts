// Does nothing that may turn a wish into its opposite go unread, wherever it stands?
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../tests/world/cards.ts';
import {
  changed,
  codes,
  patient,
  r4Directive,
  r4Form,
  r4Statement,
  specificationOther,
  stu3Directive,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { CardLine } from './cardShape.ts';

const cpr = (...resources: readonly FhirResource[]): CardLine => cardOf(...resources).lines[0]!;
const found = (...resources: readonly FhirResource[]): string[] =>
  cardOf(...resources).findings.map(({ code }) => code);

const old = r4Directive(codes.cpr, 'permit', '2020-01-01');
const modified = (type: 'permit' | 'deny', more: object): FhirResource =>
  changed(r4Directive(codes.cpr, type, '2025-06-01'), {
    modifierExtension: [{ url: specificationOther, ...more }],
  });

describe('a limit in free text beside a type', () => {
  it('is a limit beside a no also when it says that nothing was decided: an older yes does not win', () => {
    const denied = modified('deny', { valueString: 'Onbekend' });
    expect(cpr(old, denied)).toMatchObject({
      decision: 'conditional',
      conflict: 'weak',
      date: '2025-06-01',
      verbatim: 'deny | Onbekend',
    });
    expect(found(denied)).toEqual(['text-beside-type']);
    expect(cpr(modified('permit', { valueString: 'Onbekend' })).decision).toBe('unknown');
  });

  it('is not interpreted where it has no text', () => {
    for (const value of [{}, { valueCodeableConcept: { text: 'Alleen na overleg' } }]) {
      const denied = modified('deny', value);
      expect(cpr(old, denied)).toMatchObject({
        decision: 'do',
        conflict: 'weak',
        notes: ['not_interpreted'],
      });
      expect(cpr(denied).verbatim).toContain('deny');
      expect(found(denied)).toEqual(['decision-unreadable']);
    }
    expect(cpr(modified('deny', { valueCodeableConcept: { text: 'na overleg' } })).verbatim).toContain(
      'na overleg',
    );
  });
});

describe('a decision sent as a plain extension', () => {
  it('is read there too, and told', () => {
    const limited = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      extension: [{ url: specificationOther, valueString: 'Alleen op de OK' }],
    });
    expect(cpr(limited)).toMatchObject({ decision: 'conditional', verbatim: 'Alleen op de OK' });
    expect(found(limited)).toEqual(['modifier-as-extension', 'text-beside-type']);
    const { modifierExtension, extension, ...rest } = stu3Directive(codes.cpr, 'NEE', { start: '2025' });
    const moved = { ...rest, extension: [...(extension as object[]), ...(modifierExtension as object[])] };
    expect([cpr(moved).decision, found(moved)]).toEqual(['do_not', ['modifier-as-extension']]);
  });
});

describe('what may change the meaning of the whole', () => {
  const rules = { implicitRules: 'https://example.org/rules' };
  const strange = { modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] };
  const subject = { reference: 'Patient/p1' };

  it('is seen on a form and on a do-not-resuscitate statement, and shown as written', () => {
    const form = r4Form({ 1386: { decision: '0' } }, '2025-01-01', { ...rules, subject });
    for (const one of [form, r4Statement('NR', '2025-01-01', rules)]) {
      expect(cpr(one)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
      expect(cpr(one).verbatim).toContain(rules.implicitRules);
      expect(found(one)).toEqual(['modifier-unknown']);
    }
    expect(cpr(r4Statement('NR', '2025-01-01', strange)).verbatim).toContain('https://example.org/not');
  });

  it('is seen on a goal and on another statement', () => {
    const goal: FhirResource = {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      subject,
      description: { coding: [{ system: 'http://snomed.info/sct', code: '385987000' }] },
      ...rules,
    };
    expect(cardOf(goal).goal).toMatchObject({ key: 'unknown' });
    expect(cardOf(goal).goal?.verbatim).toContain(rules.implicitRules);
    const wish = cardOf(r4Statement('LW', '2025-01-01', strange));
    expect(wish.statements[0]?.verbatim).toContain('https://example.org/not');
    expect(wish.findings).toMatchObject([{ code: 'modifier-unknown' }]);
  });
});

describe('a directive that was made of an STU3 one', () => {
  const keeping = (decision: Parameters<typeof r4Directive>[1], code: string): FhirResource => {
    const { modifierExtension } = stu3Directive(codes.cpr, code);
    return changed(r4Directive(codes.cpr, decision, '2025-01-01'), { extension: modifierExtension });
  };

  it.each([
    ['deny', 'NEE', 'do_not'],
    ['permit', 'JA', 'do'],
    [{ other: 'na overleg' }, 'JA_MAAR', 'conditional'],
    [{ other: 'na overleg' }, 'JA', 'conditional'],
    [{ other: 'Niet besproken' }, 'NASK', 'unknown'],
  ] as const)(
    'is read with the old decision beside it that says the same: %j, %s',
    (decision, code, read) => {
      const card = cardOf(keeping(decision, code));
      expect(card.lines[0]).toMatchObject({ decision: read });
      expect(card.lines[0]?.notes).toBeUndefined();
      expect(card.findings).toEqual([]);
    },
  );

  it.each([
    ['permit', 'NEE'],
    ['permit', 'JA_MAAR'],
    ['deny', 'JA'],
  ] as const)('is not interpreted where the two say different things: %s, %s', (decision, code) => {
    expect(cpr(keeping(decision, code))).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
    expect(found(keeping(decision, code))).toContain('two-versions');
  });

  it('is not interpreted in either form where two codes of one decision differ', () => {
    const torn = stu3Directive(codes.cpr, 'JA', { verified: '2025-01-01' });
    const [{ url, valueCodeableConcept: said }] = torn.modifierExtension as [
      { url: string; valueCodeableConcept: { coding: { system: string; code: string }[] } },
    ];
    const [yes] = said.coding;
    const coding = [yes, { ...yes, code: 'NEE' }];
    const both = changed(torn, { modifierExtension: [{ url, valueCodeableConcept: { coding } }] });
    expect(cpr(both)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
  });

  it('has the old limit beside its yes', () => {
    const { except, modifierExtension } = stu3Directive(codes.cpr, 'JA', { limit: 'alleen op OK' });
    const [{ extension } = { extension: [] }] = except as { extension: object[] }[];
    const kept = { url: 'http://hl7.org/fhir/3.0/StructureDefinition/extension-Consent.except', extension };
    const made = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      extension: [...(modifierExtension as object[]), kept],
    });
    expect(cpr(made)).toMatchObject({ decision: 'conditional', verbatim: 'alleen op OK' });
    expect(found(made)).toEqual(['limit-beside-yes']);
  });

  it('is not interpreted where both stand as decisions, nor where one form says two things', () => {
    const { modifierExtension } = stu3Directive(codes.cpr, 'NEE');
    const both = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { modifierExtension });
    const torn = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      provision: ['permit', 'deny'].map((type) => ({ type, code: [{ coding: [{ code: codes.cpr }] }] })),
    });
    for (const one of [both, torn])
      expect(cpr(one)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
  });
});

describe('a modifier of which nobody knows what it does', () => {
  const modifierExtension = [{ url: 'https://epd.example/not', valueBoolean: true }];
  const able = {
    resourceType: 'Observation',
    status: 'final',
    subject: { reference: 'Patient/p1' },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '665671000146101' }] },
    valueBoolean: true,
    modifierExtension,
  };
  const url =
    'https://api.iknl.nl/docs/pzp/r4/StructureDefinition/ext-Patient.LegallyCapableMedicalTreatmentDecisions';

  it('leaves open whether the patient can decide, and is told', () => {
    const extension = [{ url, extension: [{ url: 'legallyCapable', valueBoolean: true }] }];
    const strange = { ...patient(), extension, modifierExtension };
    for (const card of [
      cardOf(able),
      buildCard([{ holder: { name: 'GP' }, resources: [strange] }], { at: today }),
    ]) {
      expect(card.capacity).toBeNull();
      expect(card.findings).toMatchObject([{ code: 'modifier-unknown' }]);
    }
    const known = { ...able, modifierExtension: undefined };
    expect(cardOf(known).capacity).toMatchObject({ capable: true });
    for (const more of [{ status: 'entered-in-error' }, { effectiveDateTime: '2027-01-01' }])
      expect(cardOf({ ...known, ...more }).capacity).toBeNull();
  });

  it('on one who speaks for the patient is told beside the name', () => {
    const card = cardOf({
      resourceType: 'RelatedPerson',
      patient: { reference: 'Patient/p1' },
      name: [{ text: 'Jan' }],
      relationship: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472', code: '24' }] }],
      modifierExtension,
    });
    expect(card.representatives).toMatchObject([{ name: 'Jan' }]);
    expect(card.findings).toMatchObject([{ code: 'modifier-unknown' }]);
  });
});
