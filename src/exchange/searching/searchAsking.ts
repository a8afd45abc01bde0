// Who asks a search, about whom? The patient from its parameters; person and purpose from the token alone.
import { GatewayError } from '../../errors.ts';
import type { Requester } from '../../model.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import type { Asking } from '../retrieval.ts';
import type { SearchParameters } from './searchShape.ts';
import { bsnIn } from './searchValues.ts';
import { type ServedPatient, servedPatient, servePatient } from './servedPatients.ts';

const patientNames: ReadonlySet<string> = new Set(['patient', 'subject']);

/** The patient of a search: by the id that the asker got, or by BSN, which then gets one. Throws `notFound`. */
export async function patientAsked(
  parameters: SearchParameters,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<ServedPatient> {
  for (const [name, value] of parameters) {
    if (patientNames.has(name)) return servedPatient(value.replace(/^Patient\//, ''), requester, deps);
    const bsn = name === 'patient.identifier' ? bsnIn(value) : undefined;
    if (bsn !== undefined) return { bsn, id: await servePatient({ bsn, requester }, deps) };
  }
  throw new GatewayError('unprocessable', 'The search names no patient', { reason: 'patient-missing' });
}

export function askingOf(
  requester: Requester,
  patientBsn: string,
  { requestId, gone }: Pick<RoutedRequest, 'requestId' | 'gone'>,
): Asking {
  const { practitioner, mandatedBy, purposeOfUse } = requester;
  return {
    requester,
    patientBsn,
    requestId,
    ...(gone === undefined ? {} : { gone }),
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(mandatedBy === undefined ? {} : { mandatedBy }),
    ...(purposeOfUse === undefined ? {} : { purposeOfUse }),
  };
}

/** Stands for everything on which the consent decisions rested: another person or purpose is another asker. */
export function askerHash({ store }: Pick<ExchangeDeps, 'store'>, asking: Asking): string {
  const { requester, practitioner, mandatedBy, purposeOfUse } = asking;
  const { participant, clientId } = requester;
  const parts = ['asker', participant.id, clientId, practitioner ?? null, mandatedBy ?? null];
  return store.hash('id', JSON.stringify([...parts, purposeOfUse ?? null]));
}
