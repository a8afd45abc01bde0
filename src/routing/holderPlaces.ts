// At which endpoints is a named holder asked for this exchange, or why is it not?
import { isWithin } from '../fhir/dates.ts';
import { uraSystem } from '../fhir/identifiers.ts';
import type { DataEndpoint, Participant } from '../model.ts';
import type { Directory } from './directory.ts';

/** What a source knows: a participant, or the URA of whomever. */
export type Named = { participantId: string } | { ura: string };

/** Called as a source learns of holders, once or more. */
export type NameHolders = (named: readonly Named[]) => void;

export type Place = { participant: Participant; endpoint: DataEndpoint };
export type Unreachable = { participantId?: string; ura?: string; name: string; reason: string };

type At = { exchange: string; moment: Date };

function faultOf({ status, period }: DataEndpoint, moment: Date): string | undefined {
  if (status !== 'active') return `endpoint-${status}`;
  return isWithin(period, moment) ? undefined : 'outside-period';
}

const uraOf = ({ identifiers }: Participant) => identifiers.find(({ system }) => system === uraSystem)?.value;

function placesAt(participant: Participant, { exchange, moment }: At): (Place | Unreachable)[] {
  const ura = uraOf(participant);
  const refused = (reason: string): Unreachable[] => [
    { participantId: participant.id, ...(ura && { ura }), name: participant.name, reason },
  ];
  if (!participant.active) return refused('participant-inactive');
  const here = (participant.dataEndpoints ?? []).filter(({ exchanges }) => exchanges.includes(exchange));
  const usable = here.filter((endpoint) => faultOf(endpoint, moment) === undefined);
  if (usable.length > 0) {
    const asleep = here.some(({ status }) => status === 'suspended');
    return [
      ...usable.map((endpoint) => ({ participant, endpoint })),
      ...(asleep ? refused('endpoint-suspended') : []),
    ];
  }
  const [first] = here;
  return refused(first === undefined ? 'no-endpoint' : (faultOf(first, moment) ?? 'no-endpoint'));
}

function participantsOf(named: Named, directory: Directory): readonly Participant[] {
  if ('ura' in named) return directory.byIdentifiers([{ system: uraSystem, value: named.ura }]);
  const participant = directory.byId(named.participantId);
  return participant === undefined ? [] : [participant];
}

const isTold = (place: Place | Unreachable): boolean =>
  'endpoint' in place || place.reason === 'endpoint-suspended';

/** One or more places, with what is asleep beside them; or why there is none. */
export function placesOf(named: Named, at: At, directory: Directory): (Place | Unreachable)[] {
  const found = participantsOf(named, directory);
  if (found.length === 0) {
    const name = 'ura' in named ? `URA ${named.ura}` : named.participantId;
    return [{ ...named, name, reason: 'not-registered' }];
  }
  const places = found.flatMap((participant) => placesAt(participant, at));
  return places.some((one) => 'endpoint' in one) ? places.filter(isTold) : places;
}
