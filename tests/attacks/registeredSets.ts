// How does a home without a server register a patient's words? One set, named, of one patient, written at some time.
import type { FhirResource } from '../../src/model.ts';
import { changed, codes, r4Directive } from '../world/wishes.ts';
import { patients } from './content.ts';
import { askCard, operate, parameters } from './questions.ts';
import { uraOf } from './region.ts';
import { smallJ, smallK } from './regionCast.ts';
import type { PatientName } from './regionRecords.ts';
import type { Seen, Stage } from './stage.ts';

export const system = 'urn:oid:2.999.7';

type Form = { name?: string; words?: string; patient?: PatientName; at?: string };

/** A Bundle with one directive in somebody's words. */
export function setOf({
  name = 'set',
  words = 'eerste',
  patient = 'kept',
  at = '2026-01-01T00:00:00Z',
}: Form = {}): FhirResource {
  const directive = changed(r4Directive(codes.cpr, { other: `Woorden ${words}` }, '2025-01-01'), {
    id: 'c1',
    patient: { reference: 'Patient/p' },
    policyRule: { text: 'x' },
  });
  const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients[patient].bsn };
  const person = { resourceType: 'Patient', id: 'p', identifier: [bsn] };
  return {
    resourceType: 'Bundle',
    type: 'collection',
    identifier: { system, value: name },
    timestamp: at,
    entry: [person, directive].map((resource) => ({
      fullUrl: `https://small.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}

export type More = { as?: typeof smallJ; headers?: Record<string, string>; gateway?: number };

export const operation = (
  stage: Stage,
  name: string,
  ...[body, more = {}]: [unknown, More?]
): Promise<Seen> =>
  operate(stage, { path: `/r4/$${name}`, body }, { as: smallJ, vouch: { bare: true }, ...more });

export const named = (set: string, content?: FhirResource): FhirResource =>
  parameters({ name: 'set', valueString: set }, ...(content ? [{ name: 'content', resource: content }] : []));

export const partIn = (seen: Seen, name: string): unknown => {
  const { parameter = [] } = JSON.parse(seen.text) as {
    parameter?: { name: string; [value: string]: unknown }[];
  };
  const part = parameter.find((one) => one.name === name);
  return Object.entries(part ?? {}).find(([key]) => key !== 'name')?.[1];
};

export const shown = async (stage: Stage): Promise<string> => (await askCard(stage, 'kept')).text;

export function choose(stage: Stage): void {
  for (const who of [smallJ, smallK])
    stage.region.mitz.setChoice({ bsn: patients.kept.bsn, holderUra: uraOf(who), permit: true });
}
