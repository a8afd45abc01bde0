// How is a 6.12 dispense said in R4? A TA and an MVE beside their product, with what the message tells and no more.
// http://nictiz.nl/fhir/StructureDefinition/mp-AdministrationAgreement and mp-MedicationDispense; no profile is claimed
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource } from '../../model.ts';
import { uuidFor } from '../uuids.ts';
import { type Block, type BlockKind, kindOfCategory, snomed, typeOfKind } from './block.ts';
import type { Placed } from './holderReading.ts';
import { printMoment } from './moments.ts';
import { present } from './tree.ts';

const structure = 'http://nictiz.nl/fhir/StructureDefinition/';

/** Says in each resource that a map of this gateway made it. */
const madeHere = {
  system: ownCanonical('CodeSystem', 'form'),
  code: 'from-6.12',
  display: 'Made by the gateway from a 6.12 dispense',
};

const displays: Partial<Record<BlockKind, string>> = {
  TA: 'toedieningsafspraak',
  MVE: 'medicatieverstrekking',
};

const extension = (name: string, value: Record<string, unknown>) => ({
  url: `${structure}${name}`,
  ...value,
});

function identifierFrom(key: string): { system?: string; value: string } {
  const bar = key.lastIndexOf('|');
  const [system, value] = [key.slice(0, bar), key.slice(bar + 1)];
  return system === '' ? { value } : { system, value };
}

/** FHIR times have a zone; HL7v3 times without one are of a Dutch clock. */
const dateTime = (text: string, moment: number): string =>
  !text.includes('T') || /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : printMoment(moment);

function extensionsFor({ kind, treatment, period, registered, dosage }: Block): object[] {
  const { start, end, startText, endText } = period;
  const span = {
    ...(startText === undefined ? {} : { start: dateTime(startText, start) }),
    ...(endText === undefined ? {} : { end: dateTime(endText, end - 1000) }),
  };
  const agreed = kind === 'TA';
  return [
    extension('ext-PharmaceuticalTreatment.Identifier', { valueIdentifier: identifierFrom(treatment) }),
    ...(agreed && Object.keys(span).length > 0
      ? [extension('ext-TimeInterval.Period', { valuePeriod: span })]
      : []),
    ...(agreed && registered
      ? [
          extension('ext-RegistrationDateTime', {
            valueDateTime: dateTime(registered.text, registered.start),
          }),
        ]
      : []),
    ...(agreed && dosage !== undefined
      ? [extension('ext-RenderedDosageInstruction', { valueString: dosage })]
      : []),
  ];
}

const categoryOf = (kind: BlockKind) => {
  const code = Object.keys(kindOfCategory).find((one) => kindOfCategory[one] === kind);
  return { coding: [{ system: snomed, code, display: displays[kind] }] };
};

const dayMs = 24 * 3_600_000;

/** For how many days it was dispensed; a clock that changes in between makes a day an hour shorter or longer. */
function daysSupply({ kind, period }: Block): object | undefined {
  const days = (period.end - period.start) / dayMs;
  const value = Math.round(days);
  return kind === 'MVE' && value > 0 && Math.abs(days - value) < 0.05
    ? { value, unit: 'dag', system: 'http://unitsofmeasure.org', code: 'd' }
    : undefined;
}

const route = ({ kind, route: given }: Block) =>
  given === undefined || kind !== 'TA'
    ? undefined
    : [{ route: { coding: [{ ...given }], text: given.display ?? given.code } }];

/** The block and its product. */
export function dispenseResources(block: Block): Placed[] {
  const { record, kind, relations, medicine, author, done, patient } = block;
  const [id, productId] = ['block', 'product'].map((part) => uuidFor('6.12', part, kind, record));
  const prescriptions = [...(relations.MA ?? []), ...(relations.VV ?? [])];
  const resource = present<FhirResource>({
    resourceType: typeOfKind[kind],
    id,
    meta: { tag: [madeHere] },
    extension: extensionsFor(block),
    identifier: [identifierFrom(record)],
    status: block.enteredInError ? 'entered-in-error' : kind === 'MVE' ? 'completed' : 'unknown',
    category: categoryOf(kind),
    medicationReference: {
      reference: `urn:uuid:${productId}`,
      type: 'Medication',
      display: medicine.text,
    },
    subject: patient === undefined ? undefined : { type: 'Patient', identifier: identifierFrom(patient) },
    performer:
      author?.organisation === undefined
        ? undefined
        : [{ actor: { type: 'Organization', display: author.organisation } }],
    authorizingPrescription:
      prescriptions.length === 0
        ? undefined
        : prescriptions.map((one) => ({
            type: 'MedicationRequest',
            identifier: identifierFrom(one),
            display: 'voorschrift',
          })),
    daysSupply: daysSupply(block),
    whenHandedOver: done && kind === 'MVE' ? dateTime(done.text, done.start) : undefined,
    dosageInstruction: route(block),
  });
  const product: FhirResource = {
    resourceType: 'Medication',
    ...(productId === undefined ? {} : { id: productId }),
    meta: { tag: [madeHere] },
    code: {
      ...(medicine.codes.length === 0 ? {} : { coding: medicine.codes.map((code) => ({ ...code })) }),
      ...(medicine.text === '' ? {} : { text: medicine.text }),
    },
  };
  return [
    { fullUrl: `urn:uuid:${id}`, resource },
    { fullUrl: `urn:uuid:${productId}`, resource: product },
  ];
}
