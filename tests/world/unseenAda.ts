// How do ADA 9.3.0 and 9.0.7 spell the building blocks of unseen patients?
import {
  idRoot,
  type Kind,
  number,
  prkRoot,
  registeredOf,
  stops,
  type Told,
  treatmentRoot,
} from './unseenMedication.ts';

const element = (name: string, value: string | undefined, attributes = ''): string =>
  value === undefined || value === '' ? '' : `<${name} value="${value}"${attributes}/>`;
const words = { d: 'dag', wk: 'week', mo: 'maand', a: 'jaar' } as const;
const identification = (id: string): string => element('identificatie', id, ` root="${idRoot}"`);

const names93: Readonly<Record<Kind, string>> = {
  MA: 'medicatieafspraak',
  WDS: 'wisselend_doseerschema',
  VV: 'verstrekkingsverzoek',
  TA: 'toedieningsafspraak',
  MVE: 'medicatieverstrekking',
  MGB: 'medicatiegebruik',
  MTD: 'medicatietoediening',
};
const products: Readonly<Record<Kind, string>> = {
  MA: 'afgesproken_geneesmiddel',
  WDS: 'afgesproken_geneesmiddel',
  VV: 'te_verstrekken_geneesmiddel',
  TA: 'geneesmiddel_bij_toedieningsafspraak',
  MVE: 'verstrekt_geneesmiddel',
  MGB: 'gebruiksproduct',
  MTD: 'toedienings_product',
};
const dates: Partial<Record<Kind, string>> = {
  MGB: 'medicatiegebruik_datum_tijd',
  MVE: 'medicatieverstrekkings_datum_tijd',
  MTD: 'toedienings_datum_tijd',
};

const productOf = ({ kind = 'MA', code = '1' }: Told): string =>
  `<${products[kind]}><farmaceutisch_product><product_code code="${code}" codeSystem="${prkRoot}" displayName="Pil"/></farmaceutisch_product></${products[kind]}>`;
const instructionOf = ({ dosage, id }: Told): string =>
  `<gebruiksinstructie>${element('omschrijving', dosage ?? id)}</gebruiksinstructie>`;

function ada93Block(told: Told): string {
  const { kind = 'MA', id, from, to, lasts, stop, prior, of, copy, used, asAgreed } = told;
  const name = names93[kind];
  const relation = (target: string, value: string | undefined): string =>
    value === undefined ? '' : `<relatie_${target}>${identification(value)}</relatie_${target}>`;
  return `<${name}>${identification(id)}${element(dates[kind] ?? 'registratie_datum_tijd', registeredOf(told))}
    ${kind === 'MGB' ? element('gebruik_indicator', String(used !== false)) : ''}
    ${asAgreed === undefined ? '' : element('volgens_afspraak_indicator', String(asAgreed))}
    ${stop === undefined ? '' : `<${name}_stop_type code="${stops[stop]}" codeSystem="2.16.840.1.113883.6.96"/>`}
    <gebruiksperiode>${element('start_datum_tijd', from)}${element('eind_datum_tijd', to)}
    ${lasts ? element('tijds_duur', String(lasts[0]), ` unit="${words[lasts[1]]}"`) : ''}</gebruiksperiode>
    ${relation(name, prior)}${relation('medicatieafspraak', kind === 'MA' ? undefined : of)}
    ${copy ? element('kopie_indicator', 'true') : ''}${productOf(told)}${instructionOf(told)}</${name}>`;
}

function ada907Block(told: Told): string {
  const { kind = 'MA', id, from, to, lasts, stop, prior, of, used } = told;
  const name = kind === 'MGB' ? 'medicatie_gebruik' : names93[kind];
  const stopCode = stop === 'interrupted' ? '1' : '2';
  const related = kind === 'MA' || kind === 'TA' ? prior : undefined;
  return `<${name}>${element('gebruiksperiode_start', from)}${element('gebruiksperiode_eind', to)}
    ${lasts ? element('gebruiksperiode', String(lasts[0]), ` unit="${words[lasts[1]]}"`) : ''}${identification(id)}
    ${kind === 'MGB' ? element('gebruik_indicator', String(used !== false)) : ''}
    ${element(kind === 'MGB' ? 'registratiedatum' : 'afspraakdatum', registeredOf(told))}
    ${stop === undefined ? '' : `<stoptype code="${stopCode}" codeSystem="2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1"/>`}
    ${related === undefined ? '' : `<relatie_naar_afspraak_of_gebruik>${identification(related)}</relatie_naar_afspraak_of_gebruik>`}
    ${of === undefined ? '' : `<relatie_naar_medicatieafspraak>${identification(of)}</relatie_naar_medicatieafspraak>`}
    ${productOf(told).replaceAll('farmaceutisch_product', 'product')}${instructionOf(told)}</${name}>`;
}

function document(blocks: readonly Told[], print: (told: Told) => string, version: string): string {
  const treatments = [...new Set(blocks.map(({ t }) => t ?? 'T'))];
  const held = treatments.map((treatment) => {
    const own = blocks.filter(({ t }) => (t ?? 'T') === treatment);
    const identified = element('identificatie', treatment, ` root="${treatmentRoot}"`);
    return `<medicamenteuze_behandeling>${identified}${own.map(print).join('')}</medicamenteuze_behandeling>`;
  });
  const name = 'beschikbaarstellen_medicatiegegevens';
  return `<?xml version="1.0" encoding="UTF-8"?><adaxml><data><${name} app="mp-mp${version}">
    <patient><identificatienummer value="${number}" root="2.16.840.1.113883.2.4.6.3"/></patient>
    ${held.join('')}</${name}></data></adaxml>`;
}

export const ada93 = (blocks: readonly Told[]): string => document(blocks, ada93Block, '93');
export const ada907 = (blocks: readonly Told[]): string => document(blocks, ada907Block, '907');
