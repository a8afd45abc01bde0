// How does an exchange say which profile its building blocks must fit? By the code in `category` that makes them one.
import type { FhirVersion } from '../../model.ts';

export type ProfileDemand = {
  version: FhirVersion;
  type: string;
  /** Of a coding in `category`. */
  system: string;
  code: string;
  profile: string;
};
