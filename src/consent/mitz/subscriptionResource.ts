// How is a subscription written, and where is its id in the answer? Transactions OTV-TR-0120 and 0130; FHIR R4.
import type { FhirResource } from '../../model.ts';
import type { OutgoingAnswer } from '../../outgoing/outgoing.ts';
import { extensions } from './codes.ts';
import type { MitzSettings } from './settings.ts';

export type Subscribed = {
  bsn: string;
  /** FHIR date; only when it has been verified. */
  birthDate?: string | undefined;
  /** Eight digits. */
  holderUra: string;
  holderType: string;
};

type Options = Pick<MitzSettings, 'gatewaySystem' | 'sourceSystem' | 'notify'>;

/** The patient stands in the criteria: the body belongs in no log. */
export function writeSubscription(subscribed: Subscribed, settings: Options): FhirResource {
  const { bsn, birthDate, holderUra, holderType } = subscribed;
  const { gatewaySystem, sourceSystem, notify } = settings;
  return {
    resourceType: 'Subscription',
    extension: [
      ...(birthDate === undefined ? [] : [{ url: extensions.birthDate, valueDate: birthDate }]),
      ...(gatewaySystem === undefined ? [] : [{ url: extensions.gatewaySystem, valueOid: gatewaySystem }]),
      ...(sourceSystem === undefined ? [] : [{ url: extensions.sourceSystem, valueOid: sourceSystem }]),
    ],
    status: 'requested',
    reason: 'OTV',
    criteria: `Consent?_query=otv&patientid=${bsn}&providerid=${holderUra}&providertype=${holderType}`,
    channel: { type: 'rest-hook', endpoint: notify?.address, payload: notify?.payload },
  };
}

/** The id in `Location: …/Subscription/ID` of an answer that was a success; only the id is used, never the address. */
export function subscriptionId({
  status,
  headers,
}: Pick<OutgoingAnswer, 'status' | 'headers'>): string | undefined {
  if (status < 200 || status > 299) return undefined;
  return /(?:^|\/)Subscription\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]*)?\/?$/.exec(
    headers.location ?? '',
  )?.[1];
}
