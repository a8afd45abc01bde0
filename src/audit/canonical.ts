// What exactly is hashed? Every column of a record, as JSON with its names in order, so that anybody can do it again.
import { createHash } from 'node:crypto';
import type { AuditTable } from '../store/tables.ts';

/** JSON with the names of each object in code unit order and no space; RFC 8785 for what an audit record holds. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (isPlainObject(part) ? sorted(part) : part));
}

/** SHA-256 over the record's columns but `hash` and `mac`, base64url. Bytes count as base64url. */
export function recordHash(record: Omit<AuditTable, 'hash' | 'mac'>): string {
  const { patient_payload: patient, ...columns } = record;
  const bytes = patient === null ? null : Buffer.from(patient).toString('base64url');
  return createHash('sha256')
    .update(canonicalJson({ ...columns, patient_payload: bytes }))
    .digest('base64url');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}
