// Which organisations hold records of the patient, and how does each vendor's system want to be asked? One line each.
import type { DataEndpoint } from '../model.ts';
import type { Dialect } from './holder.ts';
import { hospital, nursingHome } from './sandbox.ts';

type DataAt = Pick<DataEndpoint, 'kind' | 'method'> & { exchange: 'wishes' | 'medication' };

export type HolderSketch = {
  id: string;
  name: string;
  ura: string;
  /** Type of organisation, 2.16.840.1.113883.2.4.15.1060. */
  facilityType: string;
  dialect: Dialect;
  /** Resources that its FHIR server keeps. */
  fixtures: readonly string[];
  /** What it answers to one POST. */
  document?: string;
  holds: readonly DataAt[];
};

const plain: Dialect = { fhirVersion: 'r4', search: 'post', patientParameter: 'reference' };
const wishes: DataAt = { exchange: 'wishes', kind: 'fhir', method: 'resources' };
const medication: DataAt = { exchange: 'medication', kind: 'fhir', method: 'resources' };

export const gp = { id: 'kade', name: 'Huisartsenpraktijk Aan de Kade', ura: '90000404' };
export const homeCare = { id: 'waterland', name: 'Thuiszorg Waterland', ura: '90000505' };
export const mentalCare = { id: 'windroos', name: 'GGZ De Windroos', ura: '90000507' };
export const pharmacy = { id: 'brug', name: 'Apotheek De Brug', ura: '90000601' };
export const legacyPharmacy = { id: 'anker', name: 'Apotheek Het Anker', ura: '90000602' };

/** They ask; the small home registers what it knows at the gateway, for it has no server. */
export const ambulanceService = {
  id: 'rav',
  name: 'Ambulancedienst Lek en Linge',
  ura: '90000701',
  facilityType: 'AMB',
  scopes: ['wishes', 'medication', 'break-glass'],
  practitioner: { id: '900000711', role: '30.000', name: 'S. de Graaf' },
};
export const outOfHours = {
  id: 'hap',
  name: 'Huisartsenpost Lingewaard',
  ura: '90000702',
  facilityType: 'N6',
  scopes: ['wishes', 'medication', 'break-glass'],
  practitioner: { id: '900000712', role: '01.015', name: 'T. Verweij' },
};
export const smallHome = {
  id: 'terp',
  name: 'Woonzorg De Terp',
  ura: '90000508',
  facilityType: 'R5',
  scopes: ['wishes', 'medication'],
  practitioner: { id: '900000713', role: '01.047', name: 'E. Brink' },
};
export type AskerSketch = typeof ambulanceService;

export const holderSketches: readonly HolderSketch[] = [
  {
    ...hospital,
    facilityType: 'V4',
    dialect: { ...plain, patientParameter: 'id' },
    fixtures: ['wishes-hospital.json', 'medication-hospital.json'],
    holds: [{ ...wishes, method: 'form' }, medication],
  },
  {
    ...nursingHome,
    facilityType: 'R5',
    dialect: { fhirVersion: 'stu3', search: 'get', patientParameter: 'reference', format: 'xml' },
    fixtures: ['wishes-nursing-home.json'],
    holds: [wishes],
  },
  {
    ...gp,
    facilityType: 'Z3',
    dialect: { ...plain, pageSize: 2 },
    fixtures: ['wishes-gp.json', 'medication-gp.json'],
    holds: [wishes, medication],
  },
  {
    ...homeCare,
    facilityType: 'T2',
    dialect: plain,
    fixtures: ['wishes-home-care.json'],
    holds: [wishes],
  },
  {
    ...mentalCare,
    facilityType: 'G5',
    dialect: { ...plain, search: 'get' },
    fixtures: ['wishes-mental-care.json'],
    holds: [wishes],
  },
  {
    ...pharmacy,
    facilityType: 'J8',
    dialect: plain,
    fixtures: [],
    document: 'medication-pharmacy.xml',
    holds: [{ ...medication, kind: 'ada' }],
  },
  {
    ...legacyPharmacy,
    facilityType: 'J8',
    dialect: plain,
    fixtures: [],
    document: 'medication-legacy-pharmacy.xml',
    holds: [{ ...medication, kind: 'mp612' }],
  },
];
