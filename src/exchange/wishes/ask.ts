// A crew asks what a patient wishes: how does its question become one card, with what it rests on?
import { Buffer } from 'node:buffer';
import { GatewayError } from '../../errors.ts';
import type { HolderQuery } from '../../holder/holder.ts';
import type { DataEndpoint, FhirResponse, Requester } from '../../model.ts';
import type { Located } from '../../routing/localisation.ts';
import { type AskedParameters, readAsking } from '../asking/asking.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import type { Retrieved } from '../retrieval.ts';
import { retrieve } from '../retrieve.ts';
import { bundleOf } from './answer.ts';
import { mostResources } from './cardDigest.ts';
import { cardLink } from './cardLink.ts';
import { type Card, cardOfHolders, cardOrder } from './cardOfHolders.ts';
import { wishesAt, wishesCategory } from './queries.ts';

/** The card alone: docs/crew-card.schema.json. */
export const cardType = 'application/vnd.sluis.card+json';

type Form = 'card' | 'bundle';

/** The parameters that only this operation has. */
export const wishesParameters = { answer: 'text', link: 'flag' } as const;

/**
 * `POST /r4/$wishes` (docs/wishes-api.md). Throws `unprocessable` for a question that cannot be put, `denied` when none
 * of the holders may be asked for want of an input, `unavailable` when it cannot be recorded. A holder that refuses, fails
 * or is silent never makes the answer fail.
 */
export async function answerWishes(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const asked = readAsking(request, requester, wishesParameters);
  const form = formOf(asked, request);
  const { asking, at = deps.clock() } = asked;
  const of = { at, bsn: asking.patientBsn };
  const retrieved = legible(
    await retrieve(
      {
        exchange: 'wishes',
        event: 'wishes.card',
        asking,
        categories: [wishesCategory],
        queriesFor: (endpoint) => queriesFor(endpoint, form),
        deadlineMs: deps.settings.wishes.deadlineMs,
        // the card has findings of its own, about what the records say
        ...(form === 'card' && {
          findingsUnused: true,
          digestFor: ({ participant }: Located) => cardOrder(participant, of),
        }),
      },
      deps,
    ),
  );
  const card = cardOfHolders(retrieved, of);
  const link = asked.flag('link')
    ? await cardLink(card, { asking, language: request.language }, deps)
    : undefined;
  const headers = {
    'Cache-Control': 'no-store',
    ...(link === undefined ? {} : { Link: `<${link}>; rel="alternate"; type="text/html"` }),
  };
  if (form === 'card') return { status: 200, headers, raw: printed(card) };
  const resource = bundleOf({ card, retrieved, link, language: request.language }, deps);
  return { status: 200, headers, resource };
}

/** What goes beyond it is left out, and told as an answer that is not whole. */
const legible = ({ results, missing }: Retrieved): Retrieved => ({
  missing,
  results: results.map((result) =>
    result.resources.length <= mostResources
      ? result
      : {
          ...result,
          resources: result.resources.slice(0, mostResources),
          state: 'partial',
          reason: 'too-many',
        },
  ),
});

const printed = (card: Card) => ({ contentType: cardType, bytes: Buffer.from(JSON.stringify(card)) });

function formOf(asked: AskedParameters, { native }: RoutedRequest): Form {
  const wish = asked.text('answer') ?? (native === cardType ? 'card' : 'bundle');
  if (wish === 'card' || wish === 'bundle') return wish;
  throw new GatewayError('unprocessable', 'The parameter `answer` is `card` or `bundle`', {
    reason: 'answer-unknown',
  });
}

/** What a card is made of; a Bundle holds everything that the standard asks for. */
const onCard: ReadonlySet<string> = new Set(['Consent', 'Goal', 'QuestionnaireResponse']);

function queriesFor(endpoint: DataEndpoint, form: Form): readonly HolderQuery[] {
  const queries = wishesAt(endpoint);
  return form === 'bundle' ? queries : queries.filter(({ resourceType }) => onCard.has(resourceType));
}
