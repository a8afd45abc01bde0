// What did one data holder give? Its resources at places of their own, its documents as they came, and the building blocks in them.
import { GatewayError } from '../../errors.ts';
import type { FhirResource } from '../../model.ts';
import type { HolderResult } from '../retrieval.ts';
import type { Block } from './block.ts';
import type { HolderAnswer } from './consolidate.ts';
import { findingAt } from './findings.ts';
import type { HolderOutcome } from './overview.ts';
import { type ParsedContent, parseMedication, readMedication } from './readContent.ts';
import { type Reading, startReading } from './reading.ts';

/** A resource with the address that references to it mean. */
export type Placed = { fullUrl: string; resource: FhirResource };

export type HolderReading = {
  result: HolderResult;
  /** Names the holder in the overview: the participant, and its endpoint where it has several. */
  key: string;
  answer: HolderAnswer;
  /** Those of its blocks that came as 6.12, for which there is no map. */
  dispensed: readonly Block[];
};

const outcomes: Readonly<Record<HolderResult['state'], HolderOutcome>> = {
  answered: 'answered',
  partial: 'partial',
  denied: 'denied',
  unavailable: 'unavailable',
  failed: 'unavailable',
  timeout: 'silent',
};

/** What came in before the deadline counts, and is told to be a part. */
function outcomeOf({ state, resources, documents }: HolderResult): HolderOutcome {
  const some = resources.length + documents.length > 0;
  return some && state !== 'answered' ? 'partial' : outcomes[state];
}

/**
 * Reads what each holder gave. Never throws for what a holder sent: a document that cannot be read is a finding, and makes
 * the answer a part of one.
 */
export function readHolders(results: readonly HolderResult[]): HolderReading[] {
  const counts = new Map<string, number>();
  for (const { participant } of results) counts.set(participant.id, (counts.get(participant.id) ?? 0) + 1);
  return results.map((result) => {
    const { participant, endpoint } = result;
    const several = (counts.get(participant.id) ?? 0) > 1;
    return readResult(result, several ? `${participant.id}/${endpoint.id}` : participant.id);
  });
}

/** A list of which the holder has more is a part, whatever the answer that it came in was. */
const lackIn = ({ findings }: Reading, { state }: HolderResult): string | undefined =>
  state === 'answered'
    ? findings.map(({ rule }) => rule).find((rule) => rule === 'list-incomplete')
    : undefined;

function readResult(result: HolderResult, key: string): HolderReading {
  const { reading, failed, dispensed } = readAll(result, key);
  const lacks = failed > 0 ? 'not-readable' : lackIn(reading, result);
  const outcome =
    lacks === undefined ? outcomeOf(result) : reading.blocks.length > 0 ? 'partial' : 'unavailable';
  const reason = lacks ?? result.reason;
  return {
    result,
    key,
    dispensed,
    answer: {
      holder: key,
      name: result.participant.name,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(result.retrieved === undefined ? {} : { retrieved: result.retrieved }),
      blocks: reading.blocks,
      findings: reading.findings,
    },
  };
}

/** Without an identifier of its own a block is known by its place: two may not have the same. */
const placeIn = ({ resourceType, id }: FhirResource, index: number): string =>
  `${resourceType}/${id ?? index}`;

/** Where the block stands that a resource is, of those that a holder gave. */
export const placeOfResource = (resource: FhirResource, index: number): string =>
  `${placeIn(resource, index)}#${resource.resourceType}`;

function readAll(
  { resources, documents, withheld }: HolderResult,
  key: string,
): { reading: Reading; failed: number; dispensed: Block[] } {
  const reading = startReading(key);
  const loose = resources.map((resource, index) => {
    const place = placeIn(resource, index);
    return { form: 'fhir', content: { resource, place } } as const;
  });
  add(reading, readMedication(loose, key));
  for (const { rule, expression = [] } of withheld)
    reading.findings.push(findingAt('withheld', { holder: key, path: expression[0] ?? '' }, rule));
  let failed = 0;
  const dispensed: Block[] = [];
  documents.forEach((document, index) => {
    try {
      const parsed = parsedDocument(document, `document[${index}]`);
      const part = readMedication([parsed], key);
      add(reading, part);
      if (parsed.form === '612') dispensed.push(...part.blocks);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      failed++;
      const at = { holder: key, path: `document[${index}]` };
      reading.findings.push(findingAt('not-readable', at, error.reason ?? error.kind));
    }
  });
  return { reading, failed, dispensed };
}

function parsedDocument(document: string, place: string): ParsedContent {
  const parsed = parseMedication(Buffer.from(document));
  return parsed.form === 'fhir' ? { ...parsed, content: { ...parsed.content, place } } : { ...parsed, place };
}

function add(reading: Reading, part: Reading): void {
  reading.blocks.push(...part.blocks);
  reading.findings.push(...part.findings);
}
