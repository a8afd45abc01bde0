// Does an ADA document that can be read two ways give neither, and are its yes and no read in both their forms?
import { describe, expect, it } from 'vitest';
import { parseMedication, readMedication } from './readContent.ts';

const product = (id: string, code: string, name: string): string =>
  `<farmaceutisch_product id="${id}"><product_code code="${code}" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="${name}"/></farmaceutisch_product>`;

const read = (block: string, parts: string) =>
  readMedication(
    [
      parseMedication(
        Buffer.from(`<adaxml><data><beschikbaarstellen_medicatiegegevens><patient/><medicamenteuze_behandeling>
    <identificatie value="T" root="2.999.1"/>${block}</medicamenteuze_behandeling>
    <bouwstenen>${parts}</bouwstenen></beschikbaarstellen_medicatiegegevens></data></adaxml>`),
      ),
    ],
    'h',
  );

const link = '<farmaceutisch_product value="P" datatype="reference"/>';
const agreement = (links: string): string =>
  `<medicatieafspraak><identificatie value="MA" root="2.999.2"/><registratie_datum_tijd value="2026-01-01T10:00:00+01:00"/>
  <voorschrijver><zorgverlener value="Z" datatype="reference"/></voorschrijver>
  <afgesproken_geneesmiddel>${links}</afgesproken_geneesmiddel></medicatieafspraak>`;
const person = (name: string): string =>
  `<zorgverlener id="Z"><naamgegevens><geslachtsnaam><achternaam value="${name}"/></geslachtsnaam></naamgegevens></zorgverlener>`;

describe('an ADA document', () => {
  it.each([
    ['two products with one id', link, product('P', '1', 'Pil') + product('P', '2', 'Poeder')],
    [
      'two products in one block',
      `${link}<farmaceutisch_product value="Q" datatype="reference"/>`,
      product('P', '1', 'Pil') + product('Q', '2', 'Poeder'),
    ],
  ])('does not say which medicine is meant: %s', (_, links, parts) => {
    const { blocks, findings } = read(agreement(links), parts);
    expect(blocks).toMatchObject([{ record: 'urn:oid:2.999.2|MA', medicine: { text: '', codes: [] } }]);
    expect(findings.map(({ rule }) => rule)).toContain('missing-medicine');
  });

  it('may say the same twice', () => {
    const { blocks } = read(agreement(link + link), product('P', '1', 'Pil').repeat(2) + person('Arts'));
    expect(blocks).toMatchObject([{ medicine: { text: 'Pil' }, author: { name: 'Arts' } }]);
  });

  it('does not say who prescribed when two have one id', () => {
    const { blocks } = read(agreement(link), product('P', '1', 'Pil') + person('Arts') + person('Ander'));
    expect(blocks[0]?.medicine.text).toBe('Pil');
    expect(blocks[0]?.author).toBeUndefined();
  });

  it.each([
    ['1', true],
    ['0', false],
    ['true', true],
    ['false', false],
  ])('says yes or no as a digit too: %s', (value, meant) => {
    const indicators = `<gebruik_indicator value="${value}"/><volgens_afspraak_indicator value="${value}"/>`;
    const block = `<medicatiegebruik><identificatie value="MGB" root="2.999.2"/>${indicators}<gebruiksproduct>${link}</gebruiksproduct></medicatiegebruik>`;
    const { blocks } = read(block, product('P', '1', 'Pil'));
    expect(blocks[0]?.use).toEqual({ used: meant, asAgreed: meant });
    const given = `<medicatietoediening><identificatie value="MTD" root="2.999.2"/><geannuleerd_indicator value="${value}"/></medicatietoediening>`;
    expect(read(given, '').blocks[0]?.enteredInError ?? false).toBe(meant);
  });

  it('says who told of use: the patient only where it says yes to that', () => {
    const use = (inside: string) =>
      read(`<medicatiegebruik><auteur>${inside}</auteur></medicatiegebruik>`, person('Arts'));
    const practitioner =
      '<auteur_is_zorgverlener><zorgverlener value="Z" datatype="reference"/></auteur_is_zorgverlener>';
    const told = (inside: string) => use(inside).blocks[0]?.author;
    expect(told(`<auteur_is_patient value="false"/>${practitioner}`)).toEqual({ name: 'Arts' });
    expect(told('<auteur_is_patient value="true"/>')).toEqual({ name: 'patient' });
  });

  it('says who gave a medicine, how much, and no part of an infusion', () => {
    const given = (inside: string) => {
      const { blocks, findings } = read(
        `<medicatietoediening>${inside}</medicatietoediening>`,
        person('Zuster'),
      );
      const rules = findings.map(({ rule }) => rule).filter((rule) => rule === 'dosing-at-source');
      return [blocks[0]?.author?.name, blocks[0]?.dosage, ...rules];
    };
    const giver = (inside: string): string => `<toediener>${inside}</toediener>`;
    const nurse = giver('<zorgverlener><zorgverlener value="Z" datatype="reference"/></zorgverlener>');
    const amount =
      '<toegediende_hoeveelheid><aantal value="0.6"/><eenheid code="233" displayName="Milliliter"/></toegediende_hoeveelheid>';
    expect(given(nurse + amount)).toEqual(['Zuster', '0,6 milliliter']);
    expect(given(giver('<patient><toediener_is_patient value="true"/></patient>'))).toEqual([
      'patient',
      undefined,
    ]);
    const rate = '<toedieningssnelheid><minimum_waarde value="0.2" unit="ml/h"/></toedieningssnelheid>';
    expect(given(nurse + amount + rate)).toEqual([
      'Zuster',
      'lees de dosering bij de bron',
      'dosing-at-source',
    ]);
  });
});

it('reads an administration that was cancelled as not given', () => {
  const status = (code: string): string =>
    `<medicatietoediening><identificatie value="MTD" root="2.999.2"/><toedienings_product>${link}</toedienings_product>
    <medicatie_toediening_status code="${code}" codeSystem="2.16.840.1.113883.5.14"/></medicatietoediening>`;
  const notDone = (code: string) => read(status(code), product('P', '1', 'Pil')).blocks[0]?.notDone;
  expect(['cancelled', 'completed', 'suspended'].map(notDone)).toEqual([true, undefined, undefined]);
});
