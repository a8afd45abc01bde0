// Does nothing that may turn a wish into its opposite go unread, wherever it stands?
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../tests/world/cards.ts';
import {
  changed,
  codes,
  r4Directive,
  r4Form,
  r4Statement,
  specificationOther,
  stu3Directive,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
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
