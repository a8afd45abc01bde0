// Which kinds of organisation are there, and to which consulting category of Mitz does each belong?
// Types: 2.16.840.1.113883.2.4.15.1060; categories: http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie.

/** The national table is not public: this is our reading of it. A region replaces or adds lines in its settings. */
export const organisationTypesVersion = '2026-11-22';

const typesByCategory: Readonly<Record<string, string>> = {
  // general practitioners and their out-of-hours posts
  RPZAC001: 'H1 K3 N6 Z3',
  // mental health
  RPZAC003: 'G1 G5 G7 G8 V7 Z22 PM13',
  // nursing, care and disability
  RPZAC004: 'G6 H2 IN2 IN3 IN5 IN7 IN9 IN10 IN11 IN13 IN15 M1 R5 T2 X3',
  // pharmacies
  RPZAC005: 'A1 J8 K9',
  // allied health, dentists, birth, youth and public health
  RPZAC103:
    'B4 C3 F1 G3 G9 GC JGZ JZ K4 P6 PM3 PM4 PM6 PM7 PM8 PM9 PM10 PM11 PM12 TA1 TA2 TA3 TA4 TA5 TA6 Z27 ZG',
  // hospitals, centres, clinics, laboratories, ambulances
  RPZAC104:
    'AMB B1 B2 B3 BRA DIA L1 P4 PM14 PM15 R8 SC TD V4 V5 V6 Z4 Z5 Z6 Z7 Z8 Z9 Z10 Z12 Z14 Z15 Z16 Z17 Z18 Z19 Z20 Z21 Z23 Z24 Z25 Z26',
};

/** Type to consulting category (RPZAC…). */
export const organisationTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(typesByCategory).flatMap(([category, types]) =>
    types.split(' ').map((type) => [type, category]),
  ),
);

/** RPZAC…; the last one: providers elsewhere in the EU, of which nobody here is. */
export const consultingCategories: readonly string[] = [...Object.keys(typesByCategory), 'RPZAC200'];

/** http://fhir.nl/otv/CodeSystem/gegevenscategorie, version 3960100. */
export const dataCategories: readonly string[] = ['GGC002', 'GGC007', 'GGC008', 'GGC012', 'GGC013'];

/** Treatment data holds results and medication: an objection to the whole is one to its parts. */
export const partsOf: Readonly<Record<string, readonly string[]>> = { GGC002: ['GGC012', 'GGC013'] };
