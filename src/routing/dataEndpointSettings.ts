// How is it written where a participant answers as data holder? See docs/holders.md.
import { z } from 'zod';
import type { DataEndpoint } from '../model.ts';
import { address, auth, name, period, status } from './endpointSettings.ts';

const written = z.strictObject({
  id: name('Name of the data endpoint, unique within the participant.'),
  exchanges: z.array(z.string().min(1)).min(1).describe('Exchanges for which it is asked.'),
  kind: z
    .enum(['fhir', 'ada', 'mp612', 'registered'])
    .default('fhir')
    .describe(
      'A FHIR server; one POST that answers ADA XML; one POST that answers 6.12 XML; or this gateway, which keeps what the participant registered.',
    ),
  address: address(
    'Base address of the FHIR server, or where the one POST goes; none for `registered`.',
  ).exactOptional(),
  fhirVersion: z.enum(['r4', 'stu3']).default('r4').describe('FHIR version that it speaks.'),
  method: z
    .enum(['resources', 'form', 'oldForm'])
    .default('resources')
    .describe(
      'Wishes as single resources, as the PZP form, or as that form under its address before October 2025.',
    ),
  search: z
    .enum(['post', 'get'])
    .default('post')
    .describe('How searches are put; the one with the BSN is always a POST.'),
  patientParameter: z
    .enum(['reference', 'id'])
    .default('reference')
    .describe('`patient=Patient/123` or `patient=123`.'),
  auth,
  status,
  period,
});

type Written = z.output<typeof written>;

function faultOf({
  kind,
  address,
  auth,
  fhirVersion,
}: Written): { path: string; message: string } | undefined {
  if (kind === 'registered') {
    if (address !== undefined) return { path: 'address', message: 'registered has no address' };
    if (fhirVersion !== 'r4') return { path: 'fhirVersion', message: 'registered records are R4' };
    return auth.kind === 'none' ? undefined : { path: 'auth', message: 'registered needs no token' };
  }
  if (address === undefined) return { path: 'address', message: 'is missing; only registered has none' };
  const query = kind === 'fhir' && address.includes('?');
  return query ? { path: 'address', message: 'a base address has no query' } : undefined;
}

/** One data endpoint as written in the settings; its output is the model's DataEndpoint. */
export const dataEndpoint = written
  .superRefine((one, context) => {
    const fault = faultOf(one);
    if (fault) context.addIssue({ code: 'custom', path: [fault.path], message: fault.message });
  })
  .transform(({ address = '', ...rest }): DataEndpoint => ({ ...rest, address }));
