// How do those ask who hold nothing themselves? A crew or a GP on duty, named in the token with role and purpose.
// https://hl7.org/fhir/us/udap-security/b2b.html#b2b-authorization-extension-object
import { bsnSystem } from '../fhir/identifiers.ts';
import type { FhirResource } from '../model.ts';
import { type Called, type Caller, createCaller } from './caller.ts';
import { outcomeText } from './fetchHandover.ts';
import type { SandboxKey } from './keys.ts';

export type Asker = {
  caller: Caller;
  /** `$wishes`, `$medication-overview` and such: the patient in the body, never in the address. */
  operation(name: string, bsn: string, more?: readonly Parameter[]): Promise<Called>;
  /** The same organisation asking for another purpose or as another professional. */
  as(change: Partial<Asking>): Asker;
};

export type Parameter = { name: string; [value: `value${string}`]: unknown };

type Asking = {
  practitioner: { id: string; role: string; name: string };
  purposeOfUse: string;
};

export type AskerOptions = {
  gatewayUrl: string;
  clientId: string;
  key: SandboxKey;
  name: string;
  ura: string;
  scopes: readonly string[];
} & Pick<Asking, 'practitioner'> &
  Partial<Asking>;

const uzi = 'urn:oid:2.16.528.1.1007.3.1';
const roles = 'urn:oid:2.16.840.1.113883.2.4.15.111';
const purposes = 'urn:oid:2.16.840.1.113883.1.11.20448';

/** An asker with its own key; each asks under its own token. */
export function createAsker(options: AskerOptions): Asker {
  const { practitioner, name, ura, purposeOfUse = 'TREAT' } = options;
  const caller = createCaller({
    ...options,
    scope: options.scopes.join(' '),
    claims: {
      extensions: {
        'hl7-b2b': {
          version: '1',
          subject_name: practitioner.name,
          subject_id: `${uzi}#${practitioner.id}`,
          subject_role: `${roles}#${practitioner.role}`,
          organization_name: name,
          organization_id: `urn:oid:2.16.528.1.1007.3.3#${ura}`,
          purpose_of_use: [`${purposes}#${purposeOfUse}`],
        },
      },
    },
  });
  return {
    caller,
    operation: (operation, bsn, more = []) =>
      caller.call({ method: 'POST', path: `/r4/$${operation}`, resource: parameters(bsn, more) }),
    as: (change) => createAsker({ ...options, ...change }),
  };
}

const parameters = (bsn: string, more: readonly Parameter[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } }, ...more],
});

/** The JSON of a card or an overview: as it came, or in a Binary for a caller that speaks FHIR alone. Throws for a refusal. */
export function jsonIn(called: Called): unknown {
  const { status, resource, bytes } = called;
  if (status !== 200) throw new Error(`${status}${outcomeText(resource)}`);
  const isWrapped = resource?.resourceType === 'Binary' && typeof resource.data === 'string';
  const text = isWrapped ? Buffer.from(String(resource.data), 'base64') : Buffer.from(bytes);
  return JSON.parse(text.toString('utf8'));
}
