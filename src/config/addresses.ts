// Which addresses of the settings does the gateway call, and may it? Each is judged before anything starts.
import { checkAddress } from '../outgoing/addresses.ts';
import { outgoingSettings } from '../outgoing/settings.ts';
import type { SettingFault } from './faults.ts';
import { type Tree, textsAt } from './written.ts';

/** Places of the addresses that are called. */
export const called: readonly string[] = [
  'participants.*.clients.*.jwksUrl',
  'participants.*.endpoints.*.address',
  'participants.*.endpoints.*.auth.tokenEndpoint',
  'participants.*.dataEndpoints.*.address',
  'participants.*.dataEndpoints.*.auth.tokenEndpoint',
  'localisation.nvi.address',
  'localisation.nvi.auth.tokenEndpoint',
  'localisation.nvi.pseudonyms.address',
  'localisation.nvi.pseudonyms.auth.tokenEndpoint',
  'mitz.closedUrl',
  'mitz.openUrl',
  'mitz.subscriptionsUrl',
];

/** Every address that the gateway would refuse to call. While `outgoing` itself has faults, that cannot be known. */
export function addressFaults(settings: Tree): SettingFault[] {
  const outgoing = outgoingSettings.safeParse(settings.outgoing ?? {});
  if (!outgoing.success) return [];
  return called
    .flatMap((place) => textsAt(settings, place))
    .flatMap(({ path, value }) => {
      const message = checkAddress(value, outgoing.data.allowPrivate);
      return message === undefined ? [] : [{ path, message }];
    });
}
