// Which profile must a resource fit, also when it does not claim it? As the exchanges declare it, by what the resource says it is.
import type { FhirVersion } from '../model.ts';
import { medicationProfiles } from './medication/profiles.ts';
import type { ProfileDemand } from './profiles/profileDemand.ts';
import { wishesProfiles } from './wishes/profiles.ts';

const byType = new Map<string, ProfileDemand[]>();
for (const one of [...wishesProfiles, ...medicationProfiles]) {
  const key = `${one.version} ${one.type}`;
  byType.set(key, [...(byType.get(key) ?? []), one]);
}

type Coded = { coding?: unknown } | null | undefined;

/** A category is one concept or a list of them; content may be anything. */
function isOf(category: unknown, { system, code }: ProfileDemand): boolean {
  const concepts: readonly Coded[] = Array.isArray(category) ? category : [category];
  return concepts.some((concept) => {
    const codings: unknown = concept?.coding;
    return Array.isArray(codings) && codings.some((one) => one?.system === system && one?.code === code);
  });
}

/** Addresses of profiles; none for what no exchange knows. */
export function demandedProfiles(
  resource: Readonly<Record<string, unknown>>,
  version: FhirVersion,
): readonly string[] {
  const demands = byType.get(`${version} ${String(resource.resourceType)}`);
  if (demands === undefined) return [];
  return demands.filter((one) => isOf(resource.category, one)).map(({ profile }) => profile);
}
