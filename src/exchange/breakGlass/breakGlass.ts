// How does a crew open a record in an emergency, and how does the holder hear of it? Grant, second step, notice.
import { type Grant, openGrant, widenGrant } from '../../consent/breakGlass.ts';
import { GatewayError } from '../../errors.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import { readAsking } from '../asking/asking.ts';
import { askedBy, gives } from '../asking/operationParameters.ts';
import type { Exchange, ExchangeDeps, OperationParameter, RoutedRequest } from '../exchange.ts';
import { readNoticeTask } from './breakGlassNotice.ts';

const operation = (name: string) => ({
  kind: 'operation' as const,
  name,
  parameters: [
    ...askedBy(),
    {
      name: 'reason',
      type: 'string',
      min: 1,
      documentation: "In the professional's own words, without a BSN.",
    },
    gives('breakGlass', 'id', 'The grant, as later questions carry it.'),
    gives('stage', 'integer', '1 for the minimum, 2 once it is widened.'),
    gives('until', 'instant', 'When the grant ends.'),
  ] satisfies OperationParameter[],
});

export const breakGlass: Exchange = {
  name: 'break-glass',
  title: 'Access in an emergency, told to the holder and reviewed',
  transactions: [
    {
      name: 'open',
      version: 'r4',
      method: 'POST',
      path: ['$break-glass'],
      interaction: operation('break-glass'),
      resourceTypes: [],
      documentation: 'Opens a grant for one patient, with a written reason: the minimum, for a short time.',
      answer: open,
    },
    {
      name: 'widen',
      version: 'r4',
      method: 'POST',
      path: ['$break-glass-widen'],
      interaction: operation('break-glass-widen'),
      resourceTypes: [],
      documentation:
        'The second step: the same professional says why more is needed; the end stays the same.',
      answer: widen,
    },
    {
      name: 'readNotice',
      version: 'r4',
      method: 'GET',
      path: ['Task', ':id'],
      interaction: { kind: 'read' },
      resourceTypes: ['Task'],
      documentation: 'For a holder: who opened its records of whom, when and why.',
      answer: readNoticeTask,
    },
  ],
};

async function open(request: RoutedRequest, requester: Requester, deps: ExchangeDeps): Promise<FhirResponse> {
  const { reason, resource } = takeReason(request);
  const { asking } = readAsking({ ...request, resource }, requester);
  return answerOf(await openGrant({ ...asking, reason }, grantDeps(deps)));
}

async function widen(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const { reason, resource } = takeReason(request);
  const { asking } = readAsking({ ...request, resource }, requester);
  const grantId = asking.breakGlass ?? '';
  return answerOf(await widenGrant({ ...asking, reason, grantId }, grantDeps(deps)));
}

const grantDeps = ({ store, clock, settings }: ExchangeDeps) => ({
  store,
  clock,
  settings: settings.consent,
});

/** The one free text of these operations; all other parameters are codes, and are read as such. */
function takeReason({ resource }: RoutedRequest): { reason: string; resource: FhirResource } {
  const rows: readonly unknown[] = Array.isArray(resource?.parameter) ? resource.parameter : [];
  const isReason = (row: unknown): row is { valueString?: unknown } =>
    typeof row === 'object' && row !== null && 'name' in row && row.name === 'reason';
  const [one, ...more] = rows.filter(isReason);
  if (more.length > 0 || typeof one?.valueString !== 'string') {
    throw new GatewayError('unprocessable', 'A written reason is needed: parameter `reason`, valueString', {
      reason: 'break-glass-reason-missing',
    });
  }
  const rest = { ...resource, resourceType: 'Parameters', parameter: rows.filter((row) => !isReason(row)) };
  return { reason: one.valueString, resource: rest };
}

/** `breakGlass` is what later questions carry. */
const answerOf = ({ id, stage, until }: Grant): FhirResponse => ({
  status: 200,
  resource: {
    resourceType: 'Parameters',
    parameter: [
      { name: 'breakGlass', valueId: id },
      { name: 'stage', valueInteger: stage },
      { name: 'until', valueInstant: until },
    ],
  },
});
