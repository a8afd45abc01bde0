// Does the ADA map keep what is said in words without a code, and refuse where words would change the dose?
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
const product = `<farmaceutisch_product id="P"><product_code code="1" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Pil"/></farmaceutisch_product>`;
const link = '<farmaceutisch_product value="P" datatype="reference"/>';

const message = (block: string, thing = product): string =>
  `<adaxml><data><sturen_medicatiegegevens><patient><naamgegevens><geslachtsnaam><achternaam value="Proefstra"/></geslachtsnaam></naamgegevens></patient>
  <medicamenteuze_behandeling><identificatie value="T" root="2.999.1"/>${block}</medicamenteuze_behandeling>
  <bouwstenen>${thing}</bouwstenen></sturen_medicatiegegevens></data></adaxml>`;

const run = (block: string, thing?: string) =>
  runMap(map, map.read(Buffer.from(message(block, thing))), {
    at: new Date('2026-01-15T12:00:00Z'),
    seed: 's',
    coverage: true,
  });

const first = (block: string): unknown => {
  const { entry } = run(block).target as { entry: { resource: unknown }[] };
  return entry[0]?.resource;
};

const dropped = (block: string): string[] =>
  (run(block).coverage?.leaves ?? []).flatMap(({ path, fate }) => (fate === 'dropped' ? [path] : []));

const refusal = (block: string): string => {
  try {
    run(block);
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
  }
  return '';
};

const agreement = (more: string): string =>
  `<medicatieafspraak><identificatie value="MA" root="2.999.2"/>${more}<afgesproken_geneesmiddel>${link}</afgesproken_geneesmiddel></medicatieafspraak>`;
const instructed = (more: string, dosing = ''): string =>
  agreement(
    `<gebruiksinstructie>${more}<doseerinstructie><dosering><keerdosis><aantal><nominale_waarde value="1"/></aantal></keerdosis>${dosing}</dosering></doseerinstructie></gebruiksinstructie>`,
  );
const scheduled = (schedule: string): string =>
  instructed('', `<toedieningsschema>${schedule}</toedieningsschema>`);
const use = (more: string): string =>
  `<medicatiegebruik><identificatie value="G" root="2.999.2"/><gebruik_indicator value="true"/><gebruiksproduct>${link}</gebruiksproduct>
  <gebruiksperiode><start_datum_tijd value="2026-01-01"/></gebruiksperiode>${more}</medicatiegebruik>`;

describe('a time to take it that cannot be read is refused', () => {
  it.each([
    ['the day of the week is known', '<weekdag displayName="dinsdag"/>'],
    ['the day of the week is known', '<weekdag value="2"/>'],
    ['the day of the week is known', '<weekdag nullFlavor="OTH" originalText="om de dinsdag"/>'],
    ['the day of the week is known', '<weekdag code="307147007" codeSystem="2.999"/>'],
    ['the part of the day is known', '<dagdeel displayName="\'s avonds"/>'],
    ['the part of the day is known', '<dagdeel value="3"/>'],
    ['the part of the day is known', '<dagdeel code="3157002" codeSystem="2.999"/>'],
    ['yes or no', '<is_flexibel value="False"/>'],
  ])('%s: %s', (rule, schedule) => {
    expect(refusal(scheduled(schedule))).toContain(`rule "${rule}"`);
  });

  it('and not when it says nothing, or its code has no system', () => {
    const nothing = '<weekdag nullFlavor="NI"/><weekdag/><dagdeel conceptId="2.999"/>';
    expect(refusal(scheduled(nothing))).toBe('');
    expect(first(scheduled('<weekdag code="307147007"/>'))).toMatchObject({
      dosageInstruction: [{ timing: { repeat: { dayOfWeek: ['tue'] } } }],
    });
    expect(first(scheduled(`<dagdeel code="3157002" ${snomed} displayName="'s avonds"/>`))).toMatchObject({
      dosageInstruction: [{ timing: { repeat: { when: ['EVE'] } } }],
    });
  });
});

it('names a product that has a name and no code', () => {
  const named = '<farmaceutisch_product id="P"><product_code displayName="Pil"/></farmaceutisch_product>';
  const { entry } = run(agreement(''), named).target as { entry: { resource: object }[] };
  expect(entry.map(({ resource }) => resource)).toContainEqual(
    expect.objectContaining({ resourceType: 'Medication', code: { text: 'Pil' } }),
  );
});

describe('what has no code keeps its words', () => {
  const concept = { text: 'in woorden' };
  const words = ['displayName="in woorden"', 'originalText="in woorden"'];

  it.each(words)('a stop stays a stop: %s', (said) => {
    const stopped = { modifierExtension: [{ valueCodeableConcept: concept }] };
    expect(first(agreement(`<medicatieafspraak_stop_type ${said}/>`))).toMatchObject(stopped);
    const used = first(use(`<medicatiegebruik_stop_type ${said}/>`));
    expect(used).toMatchObject({ ...stopped, status: 'unknown' });
  });

  it.each(words)('what is taken as needed stays so: %s', (said) => {
    const need = (reasons: string) => instructed('', `<zo_nodig>${reasons}</zo_nodig>`);
    const reason = `<criterium><criterium ${said}/></criterium>`;
    expect(first(need(reason))).toMatchObject({ dosageInstruction: [{ asNeededCodeableConcept: concept }] });
    expect(first(need(reason + reason))).toMatchObject({
      dosageInstruction: [
        { asNeededCodeableConcept: concept, extension: [{ valueCodeableConcept: concept }] },
      ],
    });
  });

  it.each(words)('a route and an additional instruction: %s', (said) => {
    const more = `<toedieningsweg ${said}/><aanvullende_instructie ${said}/>`;
    expect(first(instructed(more))).toMatchObject({
      dosageInstruction: [{ route: concept, additionalInstruction: [concept] }],
    });
    expect(dropped(instructed(more))).toEqual([]);
  });

  it('a route beside a null flavor, and none for a null flavor alone', () => {
    const other = 'code="OTH" codeSystem="2.16.840.1.113883.5.1008" displayName="overig"';
    expect(first(instructed(`<toedieningsweg ${other} originalText="in woorden"/>`))).toMatchObject({
      dosageInstruction: [{ route: concept }],
    });
    expect(JSON.stringify(first(instructed(`<toedieningsweg ${other}/>`)))).not.toContain('"route"');
  });

  it.each(words)('a reason: %s', (said) => {
    expect(first(agreement(`<reden_wijzigen_of_staken ${said}/>`))).toMatchObject({ reasonCode: [concept] });
    expect(first(use(`<reden_wijzigen_of_stoppen_gebruik ${said}/>`))).toMatchObject({
      statusReason: [concept],
    });
  });
});

it('refuses a "is the patient" that is no yes and no no, and does not lose who it is', () => {
  const asked = [
    '<auteur><auteur_is_patient value="True"/></auteur>',
    '<informant><informant_is_patient value="ja"/></informant>',
  ];
  expect(asked.map((one) => refusal(use(one)).includes('rule "yes or no"'))).toEqual([true, true]);
  expect(refusal(use('<auteur><auteur_is_patient value="1"/></auteur>'))).toBe('');
});
