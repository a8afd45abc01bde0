// Which FHIR version is a resource of, when nothing says it? Its profiles, then its structure, then what stands around it.
import { checkShape } from '../fhir/shape.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { isTree } from './fhirpath/values.ts';

/** Addresses of profiles that exist in one version only. */
const telling: readonly [RegExp, FhirVersion][] = [
  [/^http:\/\/fhir\.nl\/fhir\/StructureDefinition\/nl-core-[a-z]/, 'stu3'],
  [/\/pzp\/stu3\/|StructureDefinition\/(?:eOverdracht-|gp-|eAfspraak-|zib-[A-Za-z0-9]+-)/, 'stu3'],
  [/StructureDefinition\/nl-core-[A-Z]|StructureDefinition\/zib-[A-Za-z0-9]+\./, 'r4'],
  [/\/pzp\/r4\/|^https:\/\/fhir\.iknl\.nl\/fhir\//, 'r4'],
];

/** Addresses that only zib2020 has, or that zib2017 had first. */
const hints: readonly [RegExp, FhirVersion][] = [
  [/"http:\/\/nictiz\.nl\/fhir\/StructureDefinition\/ext-/, 'r4'],
  [
    /"http:\/\/nictiz\.nl\/fhir\/StructureDefinition\/(?:zib-|code-specification|Comment"|BodySite-Qualifier)/,
    'stu3',
  ],
];

const hinted = (resource: FhirResource): FhirVersion | undefined => {
  const text = JSON.stringify(resource);
  return hints.find(([pattern]) => pattern.test(text))?.[1];
};

/** The profiles that a resource and those inside it claim. */
export const profilesOf = (resource: Readonly<Record<string, unknown>>): string[] => {
  const { meta } = resource;
  const own = isTree(meta) && Array.isArray(meta.profile) ? meta.profile : [];
  const entries = Array.isArray(resource.entry) ? resource.entry : [];
  const inside = entries.flatMap((entry) =>
    isTree(entry) && isTree(entry.resource) ? profilesOf(entry.resource) : [],
  );
  return [...own.filter((profile) => typeof profile === 'string'), ...inside];
};

const told = (resource: FhirResource): FhirVersion | undefined => {
  for (const profile of profilesOf(resource)) {
    const found = telling.find(([pattern]) => pattern.test(profile));
    if (found) return found[1];
  }
  return undefined;
};

/** The version that the addresses in a resource tell, whatever its structure is. */
export const versionByAddress = (resource: FhirResource): FhirVersion | undefined =>
  told(resource) ?? hinted(resource);

/** The version of a resource; undefined when both fit. */
export const versionOf = (resource: FhirResource): FhirVersion | undefined => {
  const known = told(resource);
  if (known) return known;
  const faults = { stu3: checkShape(resource, 'stu3').length, r4: checkShape(resource, 'r4').length };
  if (faults.stu3 !== faults.r4) return faults.stu3 < faults.r4 ? 'stu3' : 'r4';
  return hinted(resource);
};

/** The version of each resource; where both fit, the one that most of them have, STU3 when they say nothing. */
export const versionsOf = (resources: readonly FhirResource[]): FhirVersion[] => {
  const known = resources.map(versionOf);
  const stu3 = known.filter((version) => version === 'stu3').length;
  const r4 = known.filter((version) => version === 'r4').length;
  const usual = r4 > stu3 ? 'r4' : 'stu3';
  return known.map((version) => version ?? usual);
};
