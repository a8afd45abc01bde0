// What are the types of FHIRPath called in FHIR? http://hl7.org/fhir/R4/fhirpath.html#types

const system = new Map([
  ['Boolean', 'boolean'],
  ['String', 'string'],
  ['Integer', 'integer'],
  ['Decimal', 'decimal'],
  ['Date', 'date'],
  ['DateTime', 'dateTime'],
  ['Time', 'time'],
]);

/** The FHIR name of a type: `String` and `System.String` are `string`. */
export const systemType = (name: string): string => system.get(name) ?? name;
