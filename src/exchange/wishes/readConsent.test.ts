// Which Consents are wishes, and which of them say that the patient does not want to be resuscitated?
import { describe, expect, it } from 'vitest';
import {
  answer,
  changed,
  codes,
  r4Directive,
  r4Statement,
  specificationOther,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';

const cardOf = (...resources: readonly FhirResource[]) =>
  buildCard([answer('GP', ...resources)], { at: today });
const older = r4Directive(codes.cpr, 'permit', '2020-01-01');

const livingWill = '2.16.840.1.113883.2.4.3.11.60.40.4.14.1';
const ofKind = (code: object): FhirResource =>
  r4Statement('NR', '2025-01-01', { provision: { code: [code] } });
const dnr = { system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes', code: 'dnr' };

describe('a do-not-resuscitate declaration', () => {
  it.each([
    ['a code without a system', ofKind({ coding: [{ code: 'NR' }] })],
    [
      'a code of the list under its address',
      ofKind({ coding: [{ system: `http://decor.nictiz.nl/fhir/CodeSystem/${livingWill}`, code: 'NR' }] }),
    ],
    [
      'HL7’s own category',
      changed(ofKind({ text: 'verklaring' }), { category: [{ coding: [dnr] }], scope: undefined }),
    ],
  ])('is known by %s', (_, statement) => {
    const card = cardOf(older, statement);
    expect(card.lines[0]).toMatchObject({ decision: 'do_not', conflict: 'strong', method: 'statement' });
    expect(card.findings).toEqual([]);
  });

  it.each([
    'Niet-reanimerenverklaring',
    'Niet reanimeren verklaring',
    'niet-reanimeerpenning',
    'Do not resuscitate order',
  ])('is known by the display of a code that nobody knows, with a finding: %s', (display) => {
    const card = cardOf(
      older,
      ofKind({ coding: [{ system: 'http://epd.example/kinds', code: '7', display }] }),
    );
    expect(card.lines[0]).toMatchObject({ decision: 'do_not', conflict: 'strong', method: 'statement' });
    expect(card.findings.map(({ code }) => code)).toEqual(['statement-by-text']);
  });

  it('is not made of another kind, nor of the same code of another list', () => {
    for (const code of [
      { coding: [{ system: 'http://epd.example/kinds', code: 'NR', display: 'Normaal' }] },
      { coding: [{ code: 'LW', display: 'Levenswensverklaring' }] },
      { text: 'Wil geen niet-reanimerenpenning' },
    ]) {
      const card = cardOf(older, ofKind(code));
      expect(card.lines[0]).toMatchObject({ decision: 'do', conflict: 'none' });
      expect(card.statements).toHaveLength(1);
    }
  });
});

describe('a Consent of which nobody says what it is', () => {
  const bare = (more: object): FhirResource =>
    changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), {
      scope: undefined,
      category: [{ text: 'Behandelgrens' }],
      ...more,
    });

  it('is a directive where it decides on a treatment of the card', () => {
    expect(cardOf(older, bare({})).lines[0]).toMatchObject({ decision: 'do_not', conflict: 'weak' });
  });

  it('is a directive on any treatment where its scope says so, or where it has a limit', () => {
    const dialysis = (more: object): FhirResource =>
      bare({ provision: { type: 'deny', code: [{ text: 'Dialyse' }] }, ...more });
    const limit = { url: specificationOther, valueString: 'alleen na overleg' };
    const told = (one: FhirResource) => cardOf(one).lines.at(-1);
    expect(told(dialysis({ scope: { coding: [{ code: 'treatment' }] } }))).toMatchObject({
      key: 'other:Dialyse',
      decision: 'do_not',
    });
    expect(told(dialysis({ modifierExtension: [limit] }))).toMatchObject({ decision: 'conditional' });
    const surgery = {
      scope: { coding: [{ code: 'treatment' }] },
      category: [{ coding: [{ code: '59284-0' }] }],
    };
    expect(told(dialysis(surgery))).toMatchObject({ key: 'icd_off', decision: 'no_record' });
  });

  it('is none where it is about the sharing of data, or about research', () => {
    for (const code of ['patient-privacy', 'research']) {
      const scope = { coding: [{ code }] };
      expect(cardOf(older, bare({ scope })).lines[0]).toMatchObject({ decision: 'do', conflict: 'none' });
    }
  });
});
