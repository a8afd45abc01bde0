// What comes of a Consent that is registered or withdrawn? It is kept, and every cached permit of the patient ends.
import { registerConsent, withdrawConsent } from '../../consent/ownRecords.ts';
import { readConsent } from '../../consent/readConsent.ts';
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { identifiersOf } from '../../fhir/identifiers.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';

type Parameter = { name?: unknown; resource?: unknown; valueId?: unknown; valueIdentifier?: unknown };

const longestIdentifier = 1_024;

/** 201 with the record's id here. Throws `unprocessable` for a Consent that cannot be judged as it is written. */
export async function register(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const registration = readConsent(consentIn(request.resource), deps.settings.consent);
  const by = { requester, requestId: request.requestId, now: deps.clock() };
  const { id, replaced } = await registerConsent(deps.store, registration, by);
  return {
    status: 201,
    resource: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'id', valueId: id },
        { name: 'replaced', valueInteger: replaced },
      ],
    },
  };
}

/** 200 when it was withdrawn. Throws `notFound` for another registrar's record, or one that has ended. */
export async function withdraw(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const which = whichIn(request.resource);
  const by = { requester, requestId: request.requestId, now: deps.clock() };
  const count = await withdrawConsent(deps.store, which, by);
  if (count === 0) {
    throw new GatewayError('notFound', 'There is no such consent of this organisation', {
      reason: 'consent-record-missing',
    });
  }
  return {
    status: 200,
    resource: { resourceType: 'Parameters', parameter: [{ name: 'withdrawn', valueInteger: count }] },
  };
}

function consentIn(body: FhirResource | undefined): FhirResource {
  if (body?.resourceType === 'Consent') return body;
  const [one, ...more] = parametersOf(body).filter(({ name }) => name === 'consent');
  const resource = one?.resource;
  if (more.length > 0 || !isResource(resource) || resource.resourceType !== 'Consent') {
    throw notWhole('Give one Consent: by itself, or as Parameters.parameter `consent`');
  }
  return resource;
}

function whichIn(body: FhirResource | undefined): { id: string } | { identifier: string } {
  const [one, ...more] = parametersOf(body);
  if (more.length === 0 && one?.name === 'id' && typeof one.valueId === 'string') return { id: one.valueId };
  const [identifier] = identifiersOf({ identifier: one?.valueIdentifier });
  if (more.length > 0 || one?.name !== 'identifier' || !identifier) {
    throw notWhole('Give either `id` (valueId) or `identifier` (valueIdentifier with system and value)');
  }
  const text = `${identifier.system}|${identifier.value}`;
  if (text.length > longestIdentifier) throw notWhole('The identifier is too long');
  return { identifier: text };
}

const notWhole = (message: string): GatewayError =>
  new GatewayError('unprocessable', message, { reason: 'parameters' });

function parametersOf(body: FhirResource | undefined): readonly Parameter[] {
  if (body?.resourceType !== 'Parameters' || !Array.isArray(body.parameter)) return [];
  return body.parameter.filter((one): one is Parameter => typeof one === 'object' && one !== null);
}
