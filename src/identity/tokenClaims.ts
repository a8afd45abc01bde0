// How does an access token carry on who asks and why? Claims of our own, written and read by this gateway alone.
import type { Practitioner } from '../model.ts';
import type { Vouched } from './b2b.ts';
import { tokenRefused } from './refusals.ts';

type Claims = Readonly<Record<string, unknown>>;

/** For signing. */
export function vouchedClaims({ practitioner, mandatedBy, purposeOfUse }: Vouched): Record<string, unknown> {
  return {
    ...(practitioner ? { practitioner: written(practitioner) } : {}),
    ...(mandatedBy ? { mandated_by: written(mandatedBy) } : {}),
    ...(purposeOfUse ? { purpose_of_use: purposeOfUse } : {}),
  };
}

const written = ({ identifier: { system, value }, role }: Practitioner) => ({
  system,
  value,
  ...(role ? { role } : {}),
});

/** From a token whose signature held. Throws `unauthenticated` for claims that this gateway would not have written. */
export function vouchedIn(claims: Claims): Vouched {
  const { practitioner, mandated_by: mandatedBy, purpose_of_use: purposeOfUse } = claims;
  if (purposeOfUse !== undefined && typeof purposeOfUse !== 'string') throw tokenRefused('token-claims');
  return {
    ...(practitioner === undefined ? {} : { practitioner: person(practitioner) }),
    ...(mandatedBy === undefined ? {} : { mandatedBy: person(mandatedBy) }),
    ...(purposeOfUse === undefined ? {} : { purposeOfUse }),
  };
}

function person(claim: unknown): Practitioner {
  const { system, value, role } = (claim ?? {}) as { system?: unknown; value?: unknown; role?: unknown };
  if (typeof system !== 'string' || typeof value !== 'string') throw tokenRefused('token-claims');
  if (role !== undefined && typeof role !== 'string') throw tokenRefused('token-claims');
  return { identifier: { system, value }, ...(role === undefined ? {} : { role }) };
}
