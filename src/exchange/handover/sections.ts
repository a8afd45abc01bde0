// Which sections does a nursing handoff have, and what belongs in each? The table of eOverdracht 4.0 to 4.2 (SNOMED CT codes).
import { careSections } from './careSections.ts';
import { generalSections } from './generalSections.ts';

export {
  administrative,
  carePlan,
  diagnosis,
  documents,
  healthState,
  medicalContext,
  medicalHistory,
  patientContext,
  personal,
  practitioners,
  receivingOrganization,
  sendingOrganization,
} from './sectionCodes.ts';

/** What may stand in a section: a type, with the profile names (or endings after `zib-`) that make it belong there. */
export type Belongs = {
  type: string;
  profiles?: readonly string[];
  /** For resources without a profile: category or code values that place them here. */
  codes?: readonly string[];
};

export type Section = {
  code: string;
  title: string;
  parent?: string;
  /** The first release line whose content has it. */
  since: '4.0' | '4.1' | '4.2';
  belongs: readonly Belongs[];
};

/** Parents before their children, in the standard's order. */
export const sections: readonly Section[] = [...generalSections, ...careSections];
