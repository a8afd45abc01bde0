// Where does a resource of the answer come from? Its holder, when it answered, the maps, and the form in which it came.
// https://hl7.org/fhir/R4/provenance.html
import { uraSystem } from '../../fhir/identifiers.ts';
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource } from '../../model.ts';
import type { HolderResult } from '../retrieval.ts';
import { uraOf } from './cardOfHolders.ts';

const agentTypes = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const operations = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';
const mapExtension = ownCanonical('fhir/StructureDefinition', 'map');

export type Origin = {
  id: string;
  result: HolderResult;
  /** `Type/id` of each resource in the answer. */
  targets: readonly string[];
  /** Names of the maps that made them; none: as the holder gave them. */
  maps: readonly string[];
  /** `Binary/id` of the source form, and what it is: `STU3 Consent`. */
  source?: { reference: string; display: string };
  recorded: string;
};

const agent = (code: string, who: object) => ({ type: { coding: [{ system: agentTypes, code }] }, who });

function holderOf({ participant }: HolderResult): object {
  const ura = uraOf(participant);
  return {
    type: 'Organization',
    ...(ura === undefined ? {} : { identifier: { system: uraSystem, value: ura } }),
    display: participant.name,
  };
}

/** One for what came unchanged, one for each source that was mapped. */
export function provenanceOf({ id, result, targets, maps, source, recorded }: Origin): FhirResource {
  const { retrieved } = result;
  return {
    resourceType: 'Provenance',
    id,
    ...(maps.length === 0
      ? {}
      : { extension: maps.map((name) => ({ url: mapExtension, valueString: name })) }),
    target: targets.map((reference) => ({ reference })),
    ...(retrieved === undefined ? {} : { occurredDateTime: retrieved }),
    recorded,
    activity: { coding: [{ system: operations, code: maps.length === 0 ? 'APPEND' : 'UPDATE' }] },
    agent: [agent('custodian', holderOf(result)), agent('assembler', { type: 'Device', display: 'Sluis' })],
    ...(source === undefined ? {} : { entity: [{ role: 'source', what: { ...source, type: 'Binary' } }] }),
  };
}
