// Which form of medication content is this: FHIR R4 in JSON or XML, ADA, or 6.12? Bytes in, building blocks out.
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { parseXmlOfEither, startsXml } from '../../fhir/eitherXml.ts';
import { parseJson } from '../../fhir/json.ts';
import { parseXmlSource } from '../../mapping/xmlSource.ts';
import type { FhirResource } from '../../model.ts';
import { is612, read612 } from './read612.ts';
import { isAda, readAda } from './readAda.ts';
import { type FhirContent, readFhir } from './readFhir.ts';
import { type Reading, startReading } from './reading.ts';
import { isTree, type Tree, trees } from './tree.ts';

export type ParsedContent =
  | { form: 'fhir'; content: FhirContent }
  /** `place`: where it came from, when a holder gave several. */
  | { form: 'ada' | '612'; document: Tree; place?: string };

const comment = /<!--[\s\S]*?-->/g;

/** Is the root element of this XML in the namespace of FHIR? */
function isFhirXml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 65_536)).toString('utf8').replace(comment, '');
  const [root = ''] = /<[A-Za-z_][^>]*>/.exec(head) ?? [];
  return root.includes('http://hl7.org/fhir"') || root.includes("http://hl7.org/fhir'");
}

const collection = (resources: readonly FhirResource[]): FhirResource => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

/** A resource; a list of them, and what an operation answers in Parameters, as a Bundle. */
function resourceOf(value: unknown): FhirResource | undefined {
  if (Array.isArray(value)) return value.some(isResource) ? collection(value.filter(isResource)) : undefined;
  if (!isResource(value)) return undefined;
  if (value.resourceType !== 'Parameters') return value;
  return collection(
    trees(value.parameter).flatMap(({ resource }) => (isResource(resource) ? [resource] : [])),
  );
}

/**
 * Parses one file of medication content.
 * @throws GatewayError invalid or unprocessable, with the place, for what is neither FHIR R4, ADA nor 6.12
 */
export function parseMedication(bytes: Uint8Array): ParsedContent {
  if (!startsXml(bytes)) {
    const resource = resourceOf(parseJson(bytes));
    if (resource === undefined) throw new GatewayError('unprocessable', 'The JSON is not a FHIR resource');
    return { form: 'fhir', content: { resource } };
  }
  if (isFhirXml(bytes)) return { form: 'fhir', content: { resource: parseXmlOfEither(bytes).resource } };
  const document: unknown = parseXmlSource(bytes);
  if (!isTree(document)) throw new GatewayError('unprocessable', 'The XML is not an ADA document');
  return { form: !isAda(document) && is612(document) ? '612' : 'ada', document };
}

/**
 * The building blocks of all contents of one holder; FHIR contents may refer to each other.
 * @throws GatewayError unprocessable for XML that is no ADA document with medication, and a 6.12 answer that reports an error
 */
export function readMedication(contents: readonly ParsedContent[], holder: string): Reading {
  const fhir = contents.flatMap((one) => (one.form === 'fhir' ? [one.content] : []));
  const documents = (form: 'ada' | '612') => contents.flatMap((one) => (one.form === form ? [one] : []));
  const reading = startReading(holder);
  const parts = [
    readFhir(fhir, holder),
    readAda(documents('ada'), holder),
    read612(documents('612'), holder),
  ];
  for (const part of parts) {
    reading.blocks.push(...part.blocks);
    reading.findings.push(...part.findings);
    for (const patient of part.patients) reading.patients.add(patient);
  }
  return reading;
}
