// Which profile does the meaning of a resource itself demand? Vital signs, by their LOINC code. http://hl7.org/fhir/R4/observation-vitalsigns.html
import type { FhirVersion } from '../model.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';

// LOINC codes always; SNOMED CT codes only beside the category `vital-signs`, since they are used more widely.
const byLoinc = new Map([
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
const bySnomed = new Map([
  ['86290005', 'resprate'],
  ['364075005', 'heartrate'],
  ['386725007', 'bodytemp'],
  ['276885007', 'bodytemp'],
  ['50373000', 'bodyheight'],
  ['27113001', 'bodyweight'],
  ['60621009', 'bmi'],
  ['75367002', 'bp'],
]);

const base = 'http://hl7.org/fhir/StructureDefinition/';
const category = 'vital-signs';

const isVitalSign = (resource: Tree): boolean =>
  treesOf(resource.category).some((one) => treesOf(one.coding).some((coding) => coding.code === category));

/** Profiles that hold for a resource though it does not claim them. */
export function impliedProfiles(resource: Tree, version: FhirVersion): string[] {
  if (version !== 'r4' || resource.resourceType !== 'Observation' || !isTree(resource.code)) return [];
  return treesOf(resource.code.coding).flatMap(({ system, code }) => {
    const codes = system === 'http://loinc.org' ? byLoinc : bySnomed;
    const counts = codes === byLoinc || (system === 'http://snomed.info/sct' && isVitalSign(resource));
    const name = counts ? codes.get(textOf(code) ?? '') : undefined;
    return name === undefined ? [] : [`${base}${name}`];
  });
}
