// Does the ADA map keep what changes the meaning of a building block, and refuse what can be read two ways?
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { type LoadedMap, loadMaps } from './loadMaps.ts';
import { runMap } from './runMap.ts';

let map: LoadedMap;

beforeAll(() => {
  const found = loadMaps(resolve(import.meta.dirname, '../../mappings')).get('mp9-ada-to-r4');
  if (!found) throw new Error('no map');
  map = found;
});

const snomed = 'codeSystem="2.16.840.1.113883.6.96"';
const product = (id = 'P', code = '1'): string =>
  `<farmaceutisch_product id="${id}"><product_code code="${code}" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Pil"/></farmaceutisch_product>`;
const link = '<farmaceutisch_product value="P" datatype="reference"/>';
const unit = '<eenheid code="245" codeSystem="2.16.840.1.113883.2.4.4.1.900.2" displayName="stuk"/>';

const message = (block: string, parts: string): string =>
  `<adaxml><data><sturen_medicatiegegevens><patient><naamgegevens><geslachtsnaam><achternaam value="Proefstra"/></geslachtsnaam></naamgegevens></patient>
  <medicamenteuze_behandeling><identificatie value="T" root="2.999.1"/>${block}</medicamenteuze_behandeling>
  <bouwstenen>${parts}</bouwstenen></sturen_medicatiegegevens></data></adaxml>`;

const run = (block: string, parts = product()) =>
  runMap(map, map.read(Buffer.from(message(block, parts))), {
    at: new Date('2026-01-15T12:00:00Z'),
    seed: 's',
    coverage: true,
  });

const first = (block: string, parts?: string): unknown => {
  const { entry } = run(block, parts).target as { entry: { resource: unknown }[] };
  return entry[0]?.resource;
};

const refusal = (block: string, parts?: string): string => {
  try {
    run(block, parts);
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
  }
  return '';
};

const agreement = (
  more = '',
  links = `<afgesproken_geneesmiddel>${link}</afgesproken_geneesmiddel>`,
): string =>
  `<medicatieafspraak><identificatie value="MA" root="2.999.2"/>${links}${more}</medicatieafspraak>`;
const dosed = (dosing: string): string =>
  agreement(
    `<gebruiksinstructie><omschrijving value="o"/><doseerinstructie><dosering>${dosing}</dosering></doseerinstructie></gebruiksinstructie>`,
  );
const scheduled = (schedule: string): string => dosed(`<toedieningsschema>${schedule}</toedieningsschema>`);
const per = (time: string): string =>
  scheduled(
    `<frequentie><aantal><nominale_waarde value="3"/></aantal><tijdseenheid value="1" unit="${time}"/></frequentie>`,
  );

const lasting = (time: string): string =>
  dosed(`<toedieningsduur><tijds_duur value="2" unit="${time}"/></toedieningsduur>`);

const rated = (code: string, time: string): string =>
  dosed(
    `<toedieningssnelheid><waarde><nominale_waarde value="2"/></waarde><eenheid code="${code}" codeSystem="2.16.840.1.113883.2.4.4.1.900.2" displayName="ml"/>
    <tijdseenheid value="1" unit="${time}"/></toedieningssnelheid>`,
  );

describe('a message that can be read two ways is refused', () => {
  const two = `<afgesproken_geneesmiddel>${link}<farmaceutisch_product value="Q" datatype="reference"/></afgesproken_geneesmiddel>`;
  const person = (name: string): string =>
    `<zorgverlener id="Z"><naamgegevens><geslachtsnaam><achternaam value="${name}"/></geslachtsnaam></naamgegevens></zorgverlener>`;

  it.each([
    ['an id means one product', agreement(), product() + product('P', '2')],
    ['an id means one professional', agreement(), product() + person('Arts') + person('Ander')],
    ['one product is named', agreement('', two), product() + product('Q', '2')],
    ['one product is named', agreement('', '<afgesproken_geneesmiddel/>'), product()],
    ['the unit of time is known', per('etmaal'), product()],
    ['the unit of time is known', lasting('kwartier'), product()],
    ['the unit of time is known', rated('233', 'kwartier'), product()],
    ['the unit of the rate is known', rated('99999', 'uur'), product()],
    ['the day of the week is known', scheduled(`<weekdag code="307147006" ${snomed}/>`), product()],
    ['the part of the day is known', scheduled(`<dagdeel code="307147006" ${snomed}/>`), product()],
  ])('%s', (rule, block, parts) => {
    expect(refusal(block, parts)).toContain(`rule "${rule}"`);
  });

  it('and not when it says the same twice', () => {
    expect(first(agreement(), product().repeat(2))).toMatchObject({
      medicationReference: { display: 'Pil' },
    });
    expect(first(per('Dag'))).toMatchObject({
      dosageInstruction: [{ timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } } }],
    });
  });
});

it('reads a unit of time in capitals, and none to three times a day', () => {
  expect(first(lasting('Uur'))).toMatchObject({
    dosageInstruction: [{ timing: { repeat: { duration: 2, durationUnit: 'h' } } }],
  });
  const counted = '<aantal><minimum_waarde value="0"/><maximum_waarde value="3"/></aantal>';
  const time = '<tijdseenheid value="1" unit="dag"/>';
  const url = 'http://hl7.org/fhir/3.0/StructureDefinition/extension-Timing.repeat.';
  const none = (name: string) => ({ extension: [{ url: `${url}${name}`, valueInteger: 0 }] });
  expect(first(scheduled(`<frequentie>${counted}${time}</frequentie>`))).toMatchObject({
    dosageInstruction: [
      { timing: { repeat: { _frequency: none('frequency'), frequencyMax: 3, period: 1 } } },
    ],
  });
  expect(first(scheduled(`<frequentie>${counted}</frequentie>`))).toMatchObject({
    dosageInstruction: [{ timing: { repeat: { _count: none('count'), countMax: 3 } } }],
  });
});

describe('what has no code keeps its text', () => {
  const unknown = { extension: [{ valueCode: 'OTH' }], text: 'gestopt' };

  it('a stop stays a stop', () => {
    const stop = '<medicatieafspraak_stop_type nullFlavor="OTH" originalText="gestopt"/>';
    expect(first(agreement(stop))).toMatchObject({ modifierExtension: [{ valueCodeableConcept: unknown }] });
  });

  it('a reason stays a reason', () => {
    const reason = '<reden_wijzigen_of_staken nullFlavor="OTH" originalText="gestopt"/>';
    expect(first(agreement(reason))).toMatchObject({ reasonCode: [unknown] });
  });
});

describe('the status of use', () => {
  const period = '<gebruiksperiode><start_datum_tijd value="2026-01-01"/></gebruiksperiode>';
  const old = 'codeSystem="2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1"';
  const stop = (code: string, system: string): string =>
    `<medicatiegebruik_stop_type code="${code}" ${system}/>`;
  const use = (indicator: string, more: string): string =>
    `<medicatiegebruik><identificatie value="G" root="2.999.2"/><gebruik_indicator ${indicator}/>
    <gebruiksproduct>${link}</gebruiksproduct>${more}</medicatiegebruik>`;

  it.each([
    ['used', 'value="true"', period, 'active'],
    ['used, as a digit', 'value="1"', period, 'active'],
    ['not used', 'value="false"', period, 'not-taken'],
    ['not used, as a digit', 'value="0"', period, 'not-taken'],
    ['not used and cancelled', 'value="false"', stop('89925002', snomed), 'not-taken'],
    ['cancelled', 'value="true"', period + stop('89925002', snomed), 'unknown'],
    ['stopped', 'value="true"', period + stop('410546004', snomed), 'stopped'],
    ['stopped, of before', 'value="false"', stop('2', old), 'stopped'],
    ['interrupted, of before', 'value="false"', stop('1', old), 'on-hold'],
    ['a code of another system', 'value="true"', period + stop('1', snomed), 'unknown'],
    [
      'a stop without a code',
      'value="true"',
      `${period}<medicatiegebruik_stop_type nullFlavor="OTH"/>`,
      'unknown',
    ],
    ['no period', 'value="true"', '', 'unknown'],
    ['not known', 'nullFlavor="UNK"', period, 'unknown'],
  ])('%s', (...[, indicator, more, status]) => {
    expect(first(use(indicator, more))).toMatchObject({ status });
  });

  it('is refused when it is no yes and no no', () => {
    expect(refusal(use('value="nee"', period))).toContain('rule "yes or no"');
  });
});

describe('a block that was cancelled', () => {
  const request = (value: string): string =>
    `<verstrekkingsverzoek><identificatie value="VV" root="2.999.2"/><geannuleerd_indicator value="${value}"/>
    <te_verstrekken_geneesmiddel>${link}</te_verstrekken_geneesmiddel></verstrekkingsverzoek>`;
  const given = (more: string): string =>
    `<medicatietoediening><identificatie value="MTD" root="2.999.2"/>${more}<toedienings_product>${link}</toedienings_product></medicatietoediening>`;

  it.each(['true', '1'])('is entered in error: %s', (value) => {
    expect(first(request(value))).toMatchObject({ status: 'entered-in-error' });
    const cancelled = given(`<geannuleerd_indicator value="${value}"/>`);
    expect(first(cancelled)).toMatchObject({ status: 'entered-in-error' });
  });

  it('is told from one that was not, and from what cannot be read', () => {
    expect(first(request('0'))).toMatchObject({ status: 'unknown' });
    expect(first(given('<geannuleerd_indicator value="0"/>'))).toMatchObject({ status: 'completed' });
    expect(refusal(request('True'))).toContain('rule "yes or no"');
    const held = '<medicatie_toediening_status code="held" codeSystem="2.16.840.1.113883.5.14"/>';
    expect(first(given(held))).toMatchObject({ status: 'unknown' });
  });
});

it('gives a rate with its unit', () => {
  const rateQuantity = { value: 2, code: 'ml/h' };
  expect(first(rated('233', 'Uur'))).toMatchObject({
    dosageInstruction: [{ doseAndRate: [{ rateQuantity }] }],
  });
});

it('gives a dose as one amount or as a range, never as both', () => {
  const amounts = '<nominale_waarde value="1"/><minimum_waarde value="1"/><maximum_waarde value="2"/>';
  const made = first(dosed(`<keerdosis><aantal>${amounts}</aantal>${unit}</keerdosis>`)) as {
    dosageInstruction: { doseAndRate: object[] }[];
  };
  expect(Object.keys(made.dosageInstruction[0]?.doseAndRate[0] ?? {})).toEqual(['doseRange']);
});

it('tells a part of an address that it leaves out as dropped', () => {
  const place = '<adresgegevens><straat value="Dorpsweg"/><huisgenoot value="x"/></adresgegevens>';
  const source = message(agreement(), product()).replace(
    '</naamgegevens></patient>',
    `</naamgegevens>${place}</patient>`,
  );
  const { coverage } = runMap(map, map.read(Buffer.from(source)), {
    at: new Date('2026-01-15T12:00:00Z'),
    seed: 's',
    coverage: true,
  });
  const fates = coverage?.leaves.filter(({ path }) => path.includes('adresgegevens')).map(({ fate }) => fate);
  expect(fates).toEqual(['mapped', 'dropped']);
});
