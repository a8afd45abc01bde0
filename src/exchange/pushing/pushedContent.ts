// How is the content of a push sealed, and whose is it? The patient is kept with the content, for the audit of each access.
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { anySize, parseJson, printJson } from '../../fhir/json.ts';
import type { FhirResource } from '../../model.ts';
import type { PushTable } from '../../store/rows/pushes.ts';
import type { Unit } from '../../store/store.ts';

export type PushContent = { bundle: FhirResource; patientBsn: string; grantDays: number };

export const pushContext = (row: Pick<PushTable, 'id' | 'version'>): string =>
  `push/${row.id}/${row.version}`;

export const printSealed = ({ bundle, patientBsn }: PushContent): string =>
  printJson({
    resourceType: 'Parameters',
    parameter: [
      { name: 'patient', valueString: patientBsn },
      { name: 'content', resource: bundle },
    ],
  });

/** Throws `fault` for what `printSealed` did not write. */
export function readSealed(bytes: Uint8Array): { bundle: FhirResource; patientBsn: string } {
  const sealed = parseJson(bytes, anySize);
  const parts = (sealed as { parameter?: { valueString?: string; resource?: unknown }[] }).parameter ?? [];
  const [patient, content] = parts;
  if (!isResource(content?.resource)) throw new GatewayError('fault', 'Stored content is no resource');
  return { bundle: content.resource, patientBsn: patient?.valueString ?? '' };
}

/** As `printSealed` begins: a record of an access needs the patient alone, and the content may be large. */
const head = /^\{"resourceType":"Parameters","parameter":\[\{"name":"patient","valueString":"(\d+)"\}/;
const headBytes = 200;

/** Whose it is, without reading the content. Throws `fault` for what `printSealed` did not write. */
export const patientIn = (bytes: Uint8Array): string =>
  head.exec(Buffer.from(bytes.subarray(0, headBytes)).toString('latin1'))?.[1] ??
  readSealed(bytes).patientBsn;

/** For the record; nobody is named once the content is gone, and what cannot be opened stands in nobody's way. */
export async function patientOfPush(unit: Unit, row: PushTable): Promise<{ patientBsn?: string }> {
  if (row.payload_id === null) return {};
  try {
    const patientBsn = patientIn(await unit.open(row.payload_id, pushContext(row)));
    return patientBsn ? { patientBsn } : {};
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'fault') return {};
    throw error;
  }
}
