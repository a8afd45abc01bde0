// Is all told of why, and of what is remarked on, from R4 and from ADA alike?
import { describe, expect, it } from 'vitest';
import { parseMedication, readMedication } from './readContent.ts';

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const category = (code: string) => [{ coding: [{ system: 'http://snomed.info/sct', code }] }];
const shown = (display: string) => ({ coding: [{ system: 'urn:oid:2.999.5', code: '1', display }] });
const coded = (name: string, valueCodeableConcept: object) => ({
  url: `${base}${name}`,
  valueCodeableConcept,
});
const identifier = [{ system: 'urn:oid:2.999', value: 'x' }];

function said(content: string) {
  const [block] = readMedication([parseMedication(Buffer.from(content))], 'h').blocks;
  return { reason: block?.reason, note: block?.note };
}
const r4 = (...resources: object[]) =>
  said(
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ resource })),
    }),
  );
const ada = (inside: string) =>
  said(`<adaxml><data><beschikbaarstellen_medicatiegegevens><patient/><medicamenteuze_behandeling>${inside}
    </medicamenteuze_behandeling></beschikbaarstellen_medicatiegegevens></data></adaxml>`);
const element = (name: string, display: string): string =>
  `<${name} code="1" codeSystem="2.999.5" displayName="${display}"/>`;

const whole = {
  reason: 'Reumatoïde artritis; beleid gewijzigd',
  note: 'Bewust hoge dosering; Bewust afwijkende toedieningsweg; innemen met water',
};

describe('an agreement', () => {
  const more = 'ext-MedicationAgreement.MedicationAgreementAdditionalInformation';
  const agreement = {
    resourceType: 'MedicationRequest',
    intent: 'order',
    identifier,
    category: category('33633005'),
  };

  it('in R4 says why it was prescribed and why it was changed, and all remarks', () => {
    const problem = { resourceType: 'Condition', id: 'c', code: shown('Reumatoïde artritis') };
    const resource = {
      ...agreement,
      extension: ['Bewust hoge dosering', 'Bewust afwijkende toedieningsweg'].map((one) =>
        coded(more, shown(one)),
      ),
      reasonReference: [{ reference: 'Condition/c', display: 'Problem' }],
      reasonCode: [shown('beleid gewijzigd')],
      note: [{ text: 'innemen met water' }],
    };
    expect(r4(resource, problem)).toEqual(whole);
    const notes = [{ text: 'niet fijnmalen' }, { text: 'let op: nierfunctie' }];
    expect(r4({ ...agreement, note: notes }).note).toBe('niet fijnmalen; let op: nierfunctie');
    expect(r4({ ...agreement, reasonReference: [{ display: 'Jicht' }] }).reason).toBe('Jicht');
    expect(r4(agreement)).toEqual({});
  });

  it('in ADA says the same', () => {
    const problem = `<probleem>${element('probleem_naam', 'Reumatoïde artritis')}</probleem>`;
    const found = ada(`<medicatieafspraak>
      ${element('reden_wijzigen_of_staken', 'beleid gewijzigd')}
      <reden_van_voorschrijven>${problem}</reden_van_voorschrijven>
      ${element('aanvullende_informatie', 'Bewust hoge dosering')}
      ${element('aanvullende_informatie', 'Bewust afwijkende toedieningsweg')}
      <toelichting value="innemen met water"/></medicatieafspraak>`);
    expect(found).toEqual(whole);
  });
});

describe('what else is remarked on', () => {
  it('by the pharmacy is told, as code or as text', () => {
    const name = 'ext-AdministrationAgreement.AdditionalInformation';
    const dispense = { resourceType: 'MedicationDispense', identifier, category: category('422037009')[0] };
    const extension = [
      coded(name, shown('Uit GDS')),
      { url: `${base}${name}`, valueString: 'in de ochtend' },
    ];
    expect(r4({ ...dispense, extension }).note).toBe('Uit GDS; in de ochtend');
    const text = '<toedieningsafspraak_aanvullende_informatie value="in de ochtend"/>';
    expect(ada(`<toedieningsafspraak>${text}</toedieningsafspraak>`).note).toBe('in de ochtend');
  });

  it('of use is told: what it is for, and why it was changed', () => {
    const use = { resourceType: 'MedicationStatement', identifier, category: category('422979000')[0] };
    const found = r4({ ...use, reasonCode: [{ text: 'hoofdpijn' }], statusReason: [{ text: 'misselijk' }] });
    expect(found.reason).toBe('hoofdpijn; misselijk');
  });

  it('of an administration is told: each reason to deviate', () => {
    const name = 'ext-MedicationAdministration2.ReasonForDeviation';
    const given = { resourceType: 'MedicationAdministration', identifier, category: category('18629005')[0] };
    const extension = ['geweigerd', 'niet aanwezig'].map((one) => coded(name, shown(one)));
    expect(r4({ ...given, extension }).reason).toBe('geweigerd; niet aanwezig');
  });
});
