// Which version of FHIR is this XML? Its elements alone tell: what R4 does not know is tried as STU3.
import type { FhirResource, FhirVersion } from '../model.ts';
import { parseXml } from './xml.ts';

/** Does it begin as XML begins, whatever it turns out to be? */
export const startsXml = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().startsWith('<');

/** Throws what R4 finds wrong when it is neither. */
export function parseXmlOfEither(bytes: Uint8Array): { resource: FhirResource; version: FhirVersion } {
  try {
    return { resource: parseXml(bytes, 'r4'), version: 'r4' };
  } catch (fault) {
    try {
      return { resource: parseXml(bytes, 'stu3'), version: 'stu3' };
    } catch {
      throw fault;
    }
  }
}
