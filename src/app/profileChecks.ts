// With which definitions does this gateway check what comes in? Opened once, at the start, and only when an exchange asks for it.
import type { Config } from '../config.ts';
import type { ExchangeDeps } from '../exchange/index.ts';
import { openValidator } from '../validation/index.ts';

/** The check that exchanges are given. http/ has held the content against the element tables by then. */
export function createProfileChecks({
  handover,
  validation,
}: Pick<Config, 'handover' | 'validation'>): ExchangeDeps['checkProfiles'] {
  if (handover.profileChecks === 'off') return () => [];
  const validator = openValidator(validation);
  return (resource, version) => validator.validate(resource, { version, shapeChecked: true });
}
