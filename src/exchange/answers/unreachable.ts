// Which holders that cannot be asked may be named? Where refusals are concealed, none of which the patient refused.
import { policyFor } from '../../consent/settings.ts';
import { uraSystem } from '../../fhir/identifiers.ts';
import type { Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import type { Localisation, Located } from '../../routing/localisation.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { Retrieval } from '../retrieval.ts';
import { consentFor } from './askHolder.ts';
import type { Deadline } from './deadline.ts';

type Unreachable = Localisation['unreachable'][number];

/** Holders at whose endpoint there is nothing to ask: its kind or its version has no questions in this exchange. Each once. */
export function unfitAmong(
  holders: readonly Located[],
  { queriesFor }: Pick<Retrieval, 'queriesFor'>,
): Unreachable[] {
  const unfit = holders.filter(({ endpoint }) => queriesFor(endpoint).length === 0);
  const participants = new Set(unfit.map(({ participant }) => participant));
  return [...participants].map(({ id, name, identifiers }) => {
    const ura = identifiers.find(({ system }) => system === uraSystem)?.value;
    return { ...(ura ? { ura } : { participantId: id }), name, reason: 'endpoint-unfit' };
  });
}

/** Who is meant; of whom is not registered here no more is known than what a source called it. */
function participantOf({ participantId, ura, name }: Unreachable, directory: Directory): Participant {
  const identifiers = ura === undefined ? [] : [{ system: uraSystem, value: ura }];
  const [byUra] = identifiers.length === 0 ? [] : directory.byIdentifiers(identifiers);
  const known = byUra ?? (participantId === undefined ? undefined : directory.byId(participantId));
  const id = participantId ?? `ura-${ura}`;
  return known ?? { id, name, identifiers, active: false, clients: [], endpoints: [] };
}

/** That somebody has records is what a concealed refusal hides: so consent is asked, though nothing can be fetched. */
export async function nameable(
  unreachable: readonly Unreachable[],
  asked: { retrieval: Retrieval; deadline: Deadline },
  deps: ExchangeDeps,
): Promise<Unreachable[]> {
  const { settings, directory } = deps;
  if (!policyFor(settings.consent, asked.retrieval.exchange).concealRefusal) return [...unreachable];
  const isNameable = async (one: Unreachable): Promise<boolean> => {
    const participant = participantOf(one, directory);
    const answer = await consentFor({ ...asked, participant }, deps);
    return answer.kind === 'permit' || !answer.concealed;
  };
  const named = await Promise.all(unreachable.map(isNameable));
  return unreachable.filter((_, index) => named[index]);
}
