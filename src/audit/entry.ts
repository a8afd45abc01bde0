// What of an entry is kept, and in what form? Text without control characters, the patient only sealed and hashed.
import type { AuditEntry } from '../model.ts';
import type { PendingRecord } from '../store/auditChain.ts';
import { type KeyRing, nonceLength, type Sealed } from '../store/keyRing.ts';
import { rowId } from '../store/rowId.ts';
import type { AuditTable } from '../store/tables.ts';
import { canonicalJson } from './canonical.ts';

/** AuditEntry as it is kept in the body. */
export type AuditBody = Omit<AuditEntry, 'patientBsn'>;

const longest = 512;
const mostDetails = 50;

/** Line breaks, terminal codes, direction marks and the like: they make a log say what nobody wrote. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Nearly all text is: then there is nothing to take out. */
const plain = /^[ -~]*$/;

/** Text that is safe in a log, a table and a terminal: printable, well-formed, at most 512 characters. */
export function cleanText(text: string): string {
  if (text.length <= longest && plain.test(text)) return text;
  return text.toWellFormed().replace(unprintable, ' ').slice(0, longest).toWellFormed();
}

/** Makes the row of an entry, but for its place in the chain. */
export function recordOf(entry: AuditEntry, at: Date, keys: KeyRing): PendingRecord {
  const { patientBsn, ...rest } = entry;
  const id = rowId(at);
  const body = cleanBody(rest);
  return {
    id,
    at: at.toISOString(),
    event: body.event,
    participant_id: body.participantId ?? null,
    object: body.object ?? null,
    body: canonicalJson(body),
    ...sealedPatient(id, patientBsn, keys),
  };
}

/** The BSN as it is hashed: nine digits, however it was written. */
export function normalBsn(bsn: string): string {
  const digits = bsn.replace(/[\s.-]/g, '');
  return /^\d{1,9}$/.test(digits) ? digits.padStart(9, '0') : digits;
}

/** The BSN of a record, sealed; absent when the record is about no patient. */
export function patientOf(record: AuditTable): { sealed: Sealed; context: string } | undefined {
  const { patient_key_id: keyId, patient_payload: payload } = record;
  if (keyId === null || payload === null) return undefined;
  const sealed = {
    keyId,
    nonce: payload.subarray(0, nonceLength),
    ciphertext: payload.subarray(nonceLength),
  };
  return { sealed, context: patientContext(record.id) };
}

const patientContext = (id: string) => `audit\0${id}`;

function sealedPatient(id: string, bsn: string | undefined, keys: KeyRing) {
  if (bsn === undefined) return { patient_hash: null, patient_key_id: null, patient_payload: null };
  const normal = normalBsn(bsn);
  const { keyId, nonce, ciphertext } = keys.seal(Buffer.from(normal), patientContext(id));
  return {
    patient_hash: keys.hash('bsn', normal),
    patient_key_id: keyId,
    patient_payload: Buffer.concat([nonce, ciphertext]),
  };
}

/** Each fact of an entry, in the order of canonical JSON, which then has nothing to move; what is undefined is not printed. */
function cleanBody(entry: AuditBody) {
  const { practitioner, mandatedBy, detail } = entry;
  return {
    action: cleanText(entry.action),
    clientId: clean(entry.clientId),
    detail: detail && cleanValues(detail),
    event: cleanText(entry.event),
    exchange: clean(entry.exchange),
    mandatedBy: mandatedBy && cleanValues(mandatedBy),
    object: clean(entry.object),
    outcome: cleanText(entry.outcome),
    participantId: clean(entry.participantId),
    practitioner: practitioner && cleanValues(practitioner),
    purposeOfUse: clean(entry.purposeOfUse),
    reason: clean(entry.reason),
    requestId: clean(entry.requestId),
  } satisfies Record<keyof AuditBody, unknown>;
}

type Fact = string | number | boolean | undefined;

function cleanValues(facts: Readonly<Record<string, Fact>>): Record<string, Exclude<Fact, undefined>> {
  const kept: Record<string, Exclude<Fact, undefined>> = {};
  for (const name of Object.keys(facts).slice(0, mostDetails).sort()) {
    const value = clean(facts[name]);
    if (value !== undefined) kept[cleanText(name)] = value;
  }
  return kept;
}

function clean<T extends Fact>(value: T): T | string {
  if (typeof value === 'string') return cleanText(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
