// Which form of medication content is this: FHIR R4 in JSON or XML, or ADA? Bytes in, building blocks out.
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import { parseXml } from '../../fhir/xml.ts';
import { parseXmlSource } from '../../mapping/xmlSource.ts';
import { readAda } from './readAda.ts';
import { type FhirContent, readFhir } from './readFhir.ts';
import { type Reading, startReading } from './reading.ts';
import { isTree, type Tree } from './tree.ts';

export type ParsedContent = { form: 'fhir'; content: FhirContent } | { form: 'ada'; document: Tree };

const comment = /<!--[\s\S]*?-->/g;

/** Is the root element of this XML in the namespace of FHIR? */
function isFhirXml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 65_536)).toString('utf8').replace(comment, '');
  const [root = ''] = /<[A-Za-z_][^>]*>/.exec(head) ?? [];
  return root.includes('http://hl7.org/fhir"') || root.includes("http://hl7.org/fhir'");
}

const startsXml = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 256))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
    .startsWith('<');

/**
 * Parses one file of medication content.
 * @throws GatewayError invalid or unprocessable, with the place, for what is neither FHIR R4 nor ADA
 */
export function parseMedication(bytes: Uint8Array): ParsedContent {
  if (!startsXml(bytes)) {
    const resource = parseJson(bytes);
    if (!isResource(resource)) throw new GatewayError('unprocessable', 'The JSON is not a FHIR resource');
    return { form: 'fhir', content: { resource } };
  }
  if (isFhirXml(bytes)) return { form: 'fhir', content: { resource: parseXml(bytes, 'r4') } };
  const document: unknown = parseXmlSource(bytes);
  if (!isTree(document)) throw new GatewayError('unprocessable', 'The XML is not an ADA document');
  return { form: 'ada', document };
}

/**
 * The building blocks of all contents of one holder; FHIR contents may refer to each other.
 * @throws GatewayError unprocessable for XML that is no ADA document with medication
 */
export function readMedication(contents: readonly ParsedContent[], holder: string): Reading {
  const fhir = contents.flatMap((one) => (one.form === 'fhir' ? [one.content] : []));
  const ada = contents.flatMap((one) => (one.form === 'ada' ? [{ document: one.document }] : []));
  const reading = startReading(holder);
  for (const part of [readFhir(fhir, holder), readAda(ada, holder)]) {
    reading.blocks.push(...part.blocks);
    reading.findings.push(...part.findings);
    for (const patient of part.patients) reading.patients.add(patient);
  }
  return reading;
}
