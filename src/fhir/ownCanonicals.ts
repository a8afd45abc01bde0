// Under which address do definitions of our own go by? One root, written here alone in the sources.
// https://hl7.org/fhir/R4/references.html#canonical

/** The kinds as their addresses write them; extensions of answers came first and stand under `fhir/`. */
type OwnKind = 'CodeSystem' | 'StructureDefinition' | 'fhir/StructureDefinition';

const root = 'https://sluis.example';

/** The canonical address of a code system or extension that this gateway defines. */
export const ownCanonical = (kind: OwnKind, name: string): string => `${root}/${kind}/${name}`;
