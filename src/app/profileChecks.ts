// With which definitions does this gateway check what comes in? Opened once, at the start, and only when an exchange asks for it.
import type { Config } from '../config.ts';
import { demandedProfiles } from '../exchange/demandedProfiles.ts';
import type { ExchangeDeps } from '../exchange/index.ts';
import { openValidator } from '../validation/index.ts';

type Checked = Pick<Config, 'handover' | 'validation'> & Partial<Pick<Config, 'wishes' | 'medication'>>;

/** The check that exchanges are given, with the profiles that they demand. The content has been held against the element tables by then. */
export function createProfileChecks({
  handover,
  wishes,
  medication,
  validation,
}: Checked): ExchangeDeps['checkProfiles'] {
  if ([handover, wishes, medication].every((one) => one === undefined || one.profileChecks === 'off'))
    return () => [];
  const validator = openValidator(validation, [], { demands: demandedProfiles });
  return (resource, version) => validator.validate(resource, { version, shapeChecked: true });
}
