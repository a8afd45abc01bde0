// How does a differential become a snapshot? http://hl7.org/fhir/R4/profiling.html#snapshot
import type { Profile } from './profile.ts';
import type { Registry } from './registry.ts';

/** The profile with a snapshot; as it is when it has one. Undefined when its base is not known. */
export function completed(profile: Profile, _registry: Registry): Profile | undefined {
  return profile.complete ? profile : undefined;
}
