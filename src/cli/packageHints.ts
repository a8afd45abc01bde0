// What must be installed so that a profile is known? The Dutch packages by the addresses that they define.
import type { FhirVersion } from '../model.ts';

type Hint = { version: FhirVersion; address: RegExp; name: string };

const nictiz = '^http://nictiz\\.nl/fhir/StructureDefinition/';

/** The first that fits; what more specific profiles are called comes first. */
const hints: readonly Hint[] = [
  { version: 'r4', address: new RegExp(`${nictiz}mp-`), name: 'nictiz.fhir.nl.r4.medicationprocess9' },
  { version: 'r4', address: /StructureDefinition\/(?:ACP|pzp)-/i, name: 'iknl.fhir.r4.pzp' },
  { version: 'r4', address: new RegExp(`${nictiz}nl-core-`), name: 'nictiz.fhir.nl.r4.nl-core' },
  { version: 'r4', address: new RegExp(`${nictiz}(?:zib|ext)-`), name: 'nictiz.fhir.nl.r4.zib2020' },
  { version: 'stu3', address: new RegExp(`${nictiz}eOverdracht-`), name: 'nictiz.fhir.nl.stu3.eoverdracht' },
  { version: 'stu3', address: /StructureDefinition\/(?:ACP|pzp)-/i, name: 'iknl.fhir.stu3.pzp' },
  {
    version: 'stu3',
    address:
      /^http:\/\/(?:nictiz\.nl\/fhir\/StructureDefinition\/zib-|fhir\.nl\/fhir\/StructureDefinition\/nl-core-)/,
    name: 'nictiz.fhir.nl.stu3.zib2017',
  },
];

/** The package that defines an address, if it is one of those that are known here. */
export const packageOf = (address: string, version: FhirVersion): string | undefined =>
  hints.find((hint) => hint.version === version && hint.address.test(address))?.name;

/** What to do about profiles that are not known: one line for each package, the others together. */
export function installHints(unknown: readonly { address: string; version: FhirVersion }[]): string[] {
  const named = new Set(unknown.flatMap(({ address, version }) => packageOf(address, version) ?? []));
  const others = new Set(
    unknown
      .filter(({ address, version }) => packageOf(address, version) === undefined)
      .map(({ address }) => address),
  );
  const lines = [...named].map((name) => `sluis packages install ${name}@VERSION --registry ADDRESS`);
  if (others.size > 0)
    lines.push(`--packages FOLDER, with the package that defines ${[...others].join(', ')}`);
  return lines.length === 0
    ? []
    : ['Some profiles are not known here. To check against them:', ...lines.map((line) => `    ${line}`)];
}
