// What does Mitz do with one request? Reads it strictly, and decides, locates, subscribes, or says which rule was broken.
import type { FhirResource } from '../model.ts';
import { readResource } from './fhirBody.ts';
import {
  closedAnswerAction,
  envelope,
  faultEnvelope,
  locations,
  openAnswerAction,
  response,
  result,
} from './mitzAnswers.ts';
import type { Choices } from './mitzChoices.ts';
import type { Reply } from './mitzFaults.ts';
import { type MitzSubscription, readSubscription } from './mitzNotices.ts';
import { readOpen } from './mitzOpenRules.ts';
import { BrokenRule, readClosed, type SoapRequest } from './mitzRules.ts';

export type MitzState = {
  url: string;
  choices: Choices;
  subscriptions: Map<string, MitzSubscription>;
};

type Arrived = {
  of: 'closed' | 'open' | 'subscriptions';
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
};
type Answered = { reply: Reply; rule?: string };

const soap = (body: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
  body,
});

const requestOf = ({ url }: MitzState, { headers, body, path }: Arrived): SoapRequest => ({
  headers,
  body: Buffer.from(body),
  url: `${url}${path}`,
});

function closed(state: MitzState, arrived: Arrived): Reply {
  const asked = readClosed(requestOf(state, arrived));
  const results = state.choices.decide(asked).map((said) => result(asked, said));
  return soap(envelope(closedAnswerAction, asked.messageId, response(results)));
}

function open(state: MitzState, arrived: Arrived): Reply {
  const asked = readOpen(requestOf(state, arrived), new Date());
  return soap(envelope(openAnswerAction, asked.messageId, locations(asked.bsn, state.choices.locate(asked))));
}

function readBody({ body, headers }: Arrived): FhirResource | undefined {
  try {
    return readResource(Buffer.from(body), headers['content-type'] ?? '', 'r4');
  } catch {
    throw new BrokenRule('a FHIR resource');
  }
}

function subscription({ subscriptions }: MitzState, arrived: Arrived): Reply {
  const id = arrived.path.split('/Subscription/')[1] ?? '';
  if (arrived.method === 'DELETE')
    return { status: subscriptions.delete(id) ? 204 : 404, headers: {}, body: '' };
  if (arrived.method !== 'POST' || id !== '')
    return { status: 405, headers: { allow: 'POST, DELETE' }, body: '' };
  const wanted = readSubscription(readBody(arrived));
  subscriptions.set(wanted.id, wanted);
  return { status: 202, headers: { location: `Subscription/${wanted.id}` }, body: '' };
}

const desks = { closed, open, subscriptions: subscription };

/** Answers one request; a broken rule becomes a Sender fault, or 400 with an OperationOutcome. */
export function answerMitz(state: MitzState, arrived: Arrived): Answered {
  try {
    return { reply: desks[arrived.of](state, arrived) };
  } catch (error) {
    const rule = error instanceof BrokenRule ? error.rule : 'XML that can be read';
    if (arrived.of !== 'subscriptions') return { reply: soap(faultEnvelope('Sender', rule), 400), rule };
    const issue = [{ severity: 'error', code: 'invalid', diagnostics: rule }];
    const body = JSON.stringify({ resourceType: 'OperationOutcome', issue });
    return { reply: { status: 400, headers: { 'content-type': 'application/fhir+json' }, body }, rule };
  }
}
