// What do the holders of the medication tests know? One patient, on 15 January 2024; written by ourselves.
import type { Dispensed } from '../../src/exchange/medication/fixtures612.ts';
import type { FhirResource } from '../../src/model.ts';

export type Name = 'nurses' | 'home' | 'hospital' | 'gp' | 'pharmacy' | 'legacy' | 'silent';
export const permitting: readonly Name[] = ['hospital', 'pharmacy', 'legacy', 'silent'];

const extension = (name: string, value: object) => ({
  url: `http://nictiz.nl/fhir/StructureDefinition/${name}`,
  ...value,
});
export const oid = 'urn:oid:2.999.77';
const category = (code: string) => [{ coding: [{ system: 'http://snomed.info/sct', code }] }];

type Agreement = {
  id: string;
  treatment: string;
  prk: string;
  name: string;
  registered: string;
  start: string;
  end?: string;
  stop?: string;
  prior?: string;
  subject?: string;
  text?: string;
};

/** A medication agreement of the hospital, in R4. */
export function agreement(a: Agreement): FhirResource {
  return {
    resourceType: 'MedicationRequest',
    id: a.id,
    identifier: [{ system: oid, value: a.id }],
    extension: [
      extension('ext-PharmaceuticalTreatment.Identifier', {
        valueIdentifier: { system: oid, value: a.treatment },
      }),
      extension('ext-TimeInterval.Period', {
        valuePeriod: { start: a.start, ...(a.end ? { end: a.end } : {}) },
      }),
      extension('ext-RegistrationDateTime', { valueDateTime: a.registered }),
      extension('ext-RenderedDosageInstruction', { valueString: a.text ?? '1 x per dag 1 tablet' }),
    ],
    ...(a.stop
      ? {
          modifierExtension: [
            extension('ext-StopType', {
              valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: a.stop }] },
            }),
          ],
        }
      : {}),
    status: 'unknown',
    intent: 'order',
    category: category('33633005'),
    medicationReference: { reference: `Medication/m-${a.id}`, display: a.name },
    subject: { reference: `Patient/${a.subject ?? 'p1'}` },
    ...(a.prior
      ? {
          priorPrescription: {
            type: 'MedicationRequest',
            identifier: { system: oid, value: a.prior },
            display: 'MA',
          },
        }
      : {}),
  };
}

export const product = ({ id, prk, name }: Pick<Agreement, 'id' | 'prk' | 'name'>): FhirResource => ({
  resourceType: 'Medication',
  id: `m-${id}`,
  code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.10', code: prk, display: name }] },
});

const agreements: readonly Agreement[] = [
  {
    id: 'ma-enalapril',
    treatment: 'mbh-1',
    prk: '3956',
    name: 'Enalapril <5mg>',
    registered: '2023-12-01T10:00:00+01:00',
    start: '2023-12-01',
  },
  {
    id: 'ma-tramadol',
    treatment: 'mbh-2',
    prk: '50431',
    name: 'Tramadol',
    registered: '2023-12-01T10:00:00+01:00',
    start: '2023-12-01',
  },
  {
    id: 'ma-tramadol-stop',
    treatment: 'mbh-2',
    prk: '50431',
    name: 'Tramadol',
    registered: '2024-01-10T10:00:00+01:00',
    start: '2023-12-01',
    end: '2024-01-10T12:00:00+01:00',
    stop: '410546004',
    prior: 'ma-tramadol',
  },
];

/** By category, as a FHIR server would find them: a search by another category finds nothing. */
export function hospitalResources(more: readonly FhirResource[] = []) {
  const products = agreements.map(product);
  const requests = [...agreements.map(agreement), ...products, ...more];
  return { MedicationRequest: requests };
}

export const gpResources = () => ({
  MedicationRequest: [
    agreement({
      id: 'ma-gp',
      treatment: 'mbh-gp',
      prk: '99',
      name: 'Geheim middel',
      registered: '2023-12-01T10:00:00+01:00',
      start: '2023-12-01',
    }),
  ],
});

/** The new pharmacy's answer in ADA: an administration agreement under the hospital's agreement. */
export const adaDocument = (bsn: string): string => `<adaxml><data>
<beschikbaarstellen_medicatiegegevens app="mp-mp93">
  <patient><naamgegevens><geslachtsnaam><achternaam value="Test"/></geslachtsnaam></naamgegevens>
    <identificatienummer root="2.16.840.1.113883.2.4.6.3" value="${bsn}"/><geboortedatum value="1948-02-01"/>
    <geslacht code="M" codeSystem="2.16.840.1.113883.5.1" displayName="Man"/></patient>
  <medicamenteuze_behandeling>
    <identificatie root="2.999.77" value="mbh-1"/>
    <toedieningsafspraak>
      <identificatie root="2.999.78" value="ta-enalapril"/>
      <registratie_datum_tijd value="2023-12-01T12:00:00+01:00"/>
      <gebruiksperiode><start_datum_tijd value="2023-12-01"/></gebruiksperiode>
      <verstrekker><zorgaanbieder value="ZA1" datatype="reference"/></verstrekker>
      <geneesmiddel_bij_toedieningsafspraak><farmaceutisch_product value="G1" datatype="reference"/></geneesmiddel_bij_toedieningsafspraak>
      <gebruiksinstructie><omschrijving value="1 x per dag 1 tablet 's ochtends"/>
        <toedieningsweg code="9" codeSystem="2.16.840.1.113883.2.4.4.9" displayName="Oraal"/></gebruiksinstructie>
      <relatie_medicatieafspraak><identificatie root="2.999.77" value="ma-enalapril"/></relatie_medicatieafspraak>
    </toedieningsafspraak>
  </medicamenteuze_behandeling>
  <bouwstenen>
    <farmaceutisch_product id="G1"><product_code code="3956" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="ENALAPRIL TABLET 5MG"/></farmaceutisch_product>
    <zorgaanbieder id="ZA1"><zorgaanbieder_identificatienummer root="2.16.528.1.1007.3.3" value="90001005"/><organisatie_naam value="Apotheek De Nieuwe"/></zorgaanbieder>
  </bouwstenen>
</beschikbaarstellen_medicatiegegevens></data></adaxml>`;

/** The old pharmacy's dispenses: one of the hospital's medicine under the generic treatment, one that nobody else knows. */
export const dispenses: readonly Dispensed[] = [
  { id: 'd-enalapril', on: '20240102', prk: '3956', name: 'Enalapril 5mg', days: 90 },
  { id: 'd-ibuprofen', on: '20231220', prk: '777', name: 'Ibuprofen', days: 10 },
];

/** The same pharmacy before its upgrade: 9.0.7, with a stop in the coding of then. */
export const olderAdaDocument = (bsn: string): string => `<adaxml><data>
<beschikbaarstellen_medicatiegegevens app="mp-mp907">
  <patient><identificatienummer root="2.16.840.1.113883.2.4.6.3" value="${bsn}"/></patient>
  <medicamenteuze_behandeling>
    <identificatie root="2.999.77" value="mbh-7"/>
    <medicatieafspraak>
      <gebruiksperiode_start value="2023-12-01T00:00:00+01:00"/><gebruiksperiode_eind value="2024-01-05T00:00:00+01:00"/>
      <identificatie root="2.999.78" value="ma-older"/><afspraakdatum value="2023-12-01T12:00:00+01:00"/>
      <stoptype code="1" codeSystem="2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1"/>
      <relatie_naar_afspraak_of_gebruik><identificatie root="2.999.78" value="ma-oldest"/></relatie_naar_afspraak_of_gebruik>
      <afgesproken_geneesmiddel><product><product_code code="3956" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="ENALAPRIL TABLET 5MG"/></product></afgesproken_geneesmiddel>
      <gebruiksinstructie><omschrijving value="1 x per dag 1 tablet"/></gebruiksinstructie>
    </medicatieafspraak>
  </medicamenteuze_behandeling>
</beschikbaarstellen_medicatiegegevens></data></adaxml>`;
