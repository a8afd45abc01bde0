// As which participants do the organisations of the files take part in the run? One per organisation, known by its identifiers.
import { createHash } from 'node:crypto';
import { agbSystem, normaliseSystem, uraSystem } from '../../fhir/identifiers.ts';
import type { Identifier } from '../../model.ts';
import type { ParticipantSetting } from '../../sandbox/gatewayFolder.ts';
import type { FoundHandover } from './handovers.ts';
import type { FoundResource } from './readFolder.ts';

export type Organisations = {
  all: readonly Organisation[];
  of(found: FoundResource | undefined): Organisation;
};

export type Organisation = { id: string; name: string; identifiers: Identifier[] };

/**
 * Joins the senders and receivers of all handovers that share an identifier, and gives an identifier of the run to those
 * that have none. Senders and receivers that no file names take part as `unnamed`.
 */
export function gatherOrganisations(handovers: readonly FoundHandover[]): Organisations {
  const found = new Set(
    handovers.flatMap((one) => [one.sender, one.receiver]).filter((one) => one !== undefined),
  );
  const owner = new Map<string, Organisation>();
  const byResource = new Map<FoundResource, Organisation>();
  const all = new Set<Organisation>();
  for (const one of found) {
    const identifiers = identifiersOf(one);
    const joined = new Set(
      identifiers.map((each) => owner.get(keyOf(each))).filter((each) => each !== undefined),
    );
    const organisation = merged([...joined], { id: '', name: nameOf(one), identifiers });
    for (const old of joined) all.delete(old);
    for (const [resource, old] of byResource) if (joined.has(old)) byResource.set(resource, organisation);
    for (const each of organisation.identifiers) owner.set(keyOf(each), organisation);
    byResource.set(one, organisation);
    all.add(organisation);
  }
  const unnamed = { id: '', name: 'Not named in the files', identifiers: [inventedIdentifier('unnamed')] };
  all.add(unnamed);
  [...all].forEach((organisation, index) => {
    organisation.id = `organisation-${index + 1}`;
  });
  return { all: [...all], of: (one) => (one && byResource.get(one)) ?? unnamed };
}

/** One organisation by itself: its name and identifiers, invented where the files give none. */
export const partyOf = (found: FoundResource | undefined): { name: string; identifiers: Identifier[] } =>
  found === undefined
    ? { name: 'Not named in the files', identifiers: [inventedIdentifier('unnamed')] }
    : { name: nameOf(found), identifiers: identifiersOf(found) };

function merged(known: readonly Organisation[], added: Organisation): Organisation {
  const identifiers = new Map(
    [...known, added].flatMap((one) => one.identifiers).map((one) => [keyOf(one), one]),
  );
  return { id: '', name: known[0]?.name ?? added.name, identifiers: [...identifiers.values()] };
}

/** URA and AGB where there are; else what there is; else one made for the run. */
function identifiersOf(found: FoundResource): Identifier[] {
  const complete = completeIdentifiers(found);
  const known = complete.filter(({ system }) => [uraSystem, agbSystem].includes(normaliseSystem(system)));
  if (known.length > 0) return known;
  return complete.length > 0 ? complete : [inventedIdentifier(`${found.file}|${found.resource.id}`)];
}

/** Does the resource itself say by which identifier it is known? */
export const isIdentified = (found: FoundResource): boolean => completeIdentifiers(found).length > 0;

function completeIdentifiers({ resource }: FoundResource): Identifier[] {
  const rows = Array.isArray(resource.identifier) ? resource.identifier : [];
  return rows.flatMap((row): Identifier[] => {
    const { system, value } = row ?? {};
    const usable = typeof system === 'string' && typeof value === 'string' && system.trim() && value.trim();
    return usable ? [{ system, value }] : [];
  });
}

function inventedIdentifier(seed: string): Identifier {
  const number = createHash('sha256').update(seed).digest().readUInt32BE(0) % 1_000_000;
  return { system: uraSystem, value: `99${String(number).padStart(6, '0')}` };
}

const keyOf = ({ system, value }: Identifier): string => `${system}|${value.trim()}`;
const nameOf = (found: FoundResource): string =>
  typeof found.resource.name === 'string' && found.resource.name.trim()
    ? found.resource.name
    : 'Without a name';

/** Each organisation as a participant that may both send and receive. */
export const participantOf = (
  organisation: Organisation,
  run: { jwks: { keys: object[] }; endpoint: ParticipantSetting['endpoints'][number] },
): ParticipantSetting => ({
  id: organisation.id,
  name: organisation.name,
  identifiers: organisation.identifiers,
  clients: [{ clientId: organisation.id, scopes: ['handover'], jwks: run.jwks }],
  endpoints: [run.endpoint],
});
