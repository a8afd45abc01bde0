// What exactly is hashed? Every column of a record, as JSON with its names in order, so that anybody can do it again.
import { hash } from 'node:crypto';
import type { AuditTable } from '../store/tables.ts';

/** JSON with the names of each object in code unit order and no space; RFC 8785 for what an audit record holds. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(isOrdered(value) ? value : ordered(value));
}

/** SHA-256 over the record's columns but `hash` and `mac`, base64url. Bytes count as base64url. */
export function recordHash(record: Omit<AuditTable, 'hash' | 'mac'>): string {
  const { patient_payload: patient } = record;
  // whoever has the database may have put something else there: it is hashed as it stands, and differs
  const bytes = patient instanceof Uint8Array ? Buffer.from(patient).toString('base64url') : patient;
  return hash('sha256', canonicalJson({ ...record, patient_payload: bytes }), 'base64url');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const printsItself = (value: Record<string, unknown>): boolean => typeof value.toJSON === 'function';

/** Most of what is hashed is made in order: it needs no copy. */
function isOrdered(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isOrdered);
  if (!isPlainObject(value) || printsItself(value)) return true;
  let last = '';
  for (const name of Object.keys(value)) {
    if (name < last || !isOrdered(value[name])) return false;
    last = name;
  }
  return true;
}

/** A copy with its names in order, all the way down; what prints itself is left to do so. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isPlainObject(value) || printsItself(value)) return value;
  // without a prototype, `__proto__` is a name like any other
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(value).sort()) copy[name] = ordered(value[name]);
  return copy;
}
