// How does a holder's answer about P-yes come to hold something of P-no? Entries that it adds to its Bundle.
import { randomUUID } from 'node:crypto';
import { patients } from './content.ts';
import { rewriting } from './twister.ts';

const entryOf = (resource: object, mode?: string): object => ({
  fullUrl: `urn:uuid:${randomUUID()}`,
  resource,
  ...(mode ? { search: { mode } } : {}),
});

type Tree = Record<string, unknown>;

const isBundle = (value: unknown): value is { entry?: { resource: Tree }[] } =>
  typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType === 'Bundle';

const strange: Tree = {
  resourceType: 'Consent',
  id: 'dir-d-no-0',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] },
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '129125009' }] }],
  patient: { reference: 'Patient/pat-no' },
  dateTime: '2026-01-01',
  modifierExtension: [
    {
      url: 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther',
      valueString: 'VermeldingDno',
    },
  ],
  provision: { code: [{ coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }] },
};

export const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients.no.bsn };

export const stranger: Tree = {
  resourceType: 'Patient',
  id: 'pat-no',
  identifier: [bsn],
  name: [{ family: patients.no.family }],
};

const relative: Tree = {
  resourceType: 'RelatedPerson',
  id: 'rel-no',
  patient: { reference: 'Patient/pat-no' },
  name: [{ text: `Buur van ${patients.no.family}` }],
};

/** How a holder's answer about P-yes comes to hold something of P-no. */
export const leaks: readonly (readonly [name: string, ...entries: object[]])[] = [
  ['a directive as match', entryOf(strange, 'match')],
  ['a directive as include', entryOf(strange, 'include')],
  ['a directive without mode', entryOf(strange)],
  ['with its Patient', entryOf(strange, 'match'), entryOf(stranger, 'include')],
  ['the Patient alone', entryOf(stranger, 'include')],
  ['a relative', entryOf(relative, 'include')],
  ['by identifier', entryOf({ ...strange, patient: { identifier: bsn } }, 'match')],
  [
    'by absolute address',
    entryOf({ ...strange, patient: { reference: 'https://epd.example/Patient/pat-no' } }, 'match'),
  ],
  [
    'contained',
    entryOf({ ...strange, contained: [{ ...stranger, id: 'p' }], patient: { reference: '#p' } }, 'match'),
  ],
  ['of nobody', entryOf({ ...strange, patient: undefined }, 'match')],
  [
    'of both, by reference and identifier',
    entryOf({ ...strange, patient: { reference: 'Patient/pat-yes', identifier: bsn } }, 'match'),
  ],
  [
    'hidden in a Bundle',
    entryOf({ resourceType: 'Bundle', type: 'collection', entry: [entryOf(strange)] }, 'match'),
  ],
  [
    'hidden in contained',
    entryOf(
      {
        ...strange,
        id: 'x',
        patient: { reference: 'Patient/pat-yes' },
        contained: [{ ...strange, id: 'c' }],
      },
      'match',
    ),
  ],
];

export const withLeak = (entries: readonly object[]) =>
  rewriting(/Consent/, (text) => {
    const bundle: unknown = JSON.parse(text);
    if (!isBundle(bundle)) return text;
    return JSON.stringify({ ...bundle, entry: [...(bundle.entry ?? []), ...entries] });
  });
