// May this XML message of a holder leave? Only when every BSN in it is that of the patient who was asked about.
import { GatewayError } from '../../errors.ts';
import { parseXmlSource } from '../../mapping/xmlSource.ts';
import type { Issue } from '../../model.ts';
import { withheldIssue } from './withheldTexts.ts';

const bsnRoot = '2.16.840.1.113883.2.4.6.3';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** ADA writes `value` and `root`, HL7v3 `extension` and `root`. */
function bsnsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(bsnsIn);
  if (!isTree(value)) return [];
  const own = value.root === bsnRoot ? [String(value.value ?? value.extension ?? '')] : [];
  return [...own, ...Object.values(value).flatMap(bsnsIn)];
}

function reasonAgainst(
  document: string,
  bsn: string,
): 'document-patient' | 'document-unreadable' | undefined {
  try {
    const found = bsnsIn(parseXmlSource(new TextEncoder().encode(document)));
    const isOwn = found.length > 0 && found.every((one) => one.padStart(9, '0') === bsn);
    return isOwn ? undefined : 'document-patient';
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'invalid') return 'document-unreadable';
    throw error;
  }
}

/** ADA or 6.12 XML of this patient alone. */
export function releaseDocuments(
  documents: readonly string[],
  patientBsn: string,
): { documents: string[]; withheld: Issue[] } {
  const released: string[] = [];
  const withheld: Issue[] = [];
  for (const document of documents) {
    const reason = reasonAgainst(document, patientBsn);
    if (reason === undefined) released.push(document);
    else withheld.push(withheldIssue(reason, 'XML'));
  }
  return { documents: released, withheld };
}
