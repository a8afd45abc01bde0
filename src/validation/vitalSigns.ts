// Which profile does the meaning of a resource itself demand? Vital signs, by their LOINC code. http://hl7.org/fhir/R4/observation-vitalsigns.html
import type { FhirVersion } from '../model.ts';
import { isTree, type Tree, treesOf } from './profile.ts';

const byCode = new Map([
  ['85353-1', 'vitalspanel'],
  ['9279-1', 'resprate'],
  ['8867-4', 'heartrate'],
  ['2708-6', 'oxygensat'],
  ['8310-5', 'bodytemp'],
  ['8302-2', 'bodyheight'],
  ['9843-4', 'headcircum'],
  ['29463-7', 'bodyweight'],
  ['39156-5', 'bmi'],
  ['85354-9', 'bp'],
]);

const base = 'http://hl7.org/fhir/StructureDefinition/';

/** Profiles that hold for a resource though it does not claim them. */
export function impliedProfiles(resource: Tree, version: FhirVersion): string[] {
  if (version !== 'r4' || resource.resourceType !== 'Observation' || !isTree(resource.code)) return [];
  const codings = treesOf(resource.code.coding);
  return codings.flatMap((coding) => {
    const name = coding.system === 'http://loinc.org' ? byCode.get(String(coding.code)) : undefined;
    return name === undefined ? [] : [`${base}${name}`];
  });
}
