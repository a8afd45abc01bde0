// How do audit records leave for a patient, an auditor or another system? As CSV or as FHIR R4 AuditEvents.
import { type AuditEventOptions, auditEventOf } from './auditEvent.ts';
import { canonicalJson } from './canonical.ts';
import type { FoundRecord } from './find.ts';

const columns: readonly (readonly [string, (record: FoundRecord) => unknown])[] = [
  ['recorded', (record) => record.at],
  ['event', ({ entry }) => entry.event],
  ['action', ({ entry }) => entry.action],
  ['outcome', ({ entry }) => entry.outcome],
  ['reason', ({ entry }) => entry.reason],
  ['participant', ({ entry }) => entry.participantId],
  ['client', ({ entry }) => entry.clientId],
  ['practitioner', ({ entry }) => entry.practitioner?.identifier],
  ['role', ({ entry }) => entry.practitioner?.role],
  ['mandatedBy', ({ entry }) => entry.mandatedBy?.identifier],
  ['mandatedByRole', ({ entry }) => entry.mandatedBy?.role],
  ['purposeOfUse', ({ entry }) => entry.purposeOfUse],
  ['patient', (record) => record.patientBsn],
  ['object', ({ entry }) => entry.object],
  ['exchange', ({ entry }) => entry.exchange],
  ['request', ({ entry }) => entry.requestId],
  ['detail', ({ entry }) => (entry.detail === undefined ? undefined : canonicalJson(entry.detail))],
  ['gateway', (record) => record.chain],
  ['seq', (record) => record.seq],
  ['position', (record) => record.position],
  ['id', (record) => record.id],
];

/** CSV (RFC 4180) with a header line; no cell is taken for a formula by a spreadsheet. */
export async function* exportCsv(records: AsyncIterable<FoundRecord>): AsyncGenerator<string> {
  yield `${columns.map(([name]) => name).join(',')}\r\n`;
  for await (const record of records) yield `${columns.map(([, take]) => cell(take(record))).join(',')}\r\n`;
}

/** One FHIR R4 Bundle (collection) of AuditEvents, as text in parts. */
export async function* exportAuditEvents(
  records: AsyncIterable<FoundRecord>,
  options: AuditEventOptions = {},
): AsyncGenerator<string> {
  yield '{"resourceType":"Bundle","type":"collection","entry":[';
  let separator = '';
  for await (const record of records) {
    const entry = { fullUrl: `urn:uuid:${record.id}`, resource: auditEventOf(record, options) };
    yield `${separator}\n${JSON.stringify(entry)}`;
    separator = ',';
  }
  yield '\n]}\n';
}

/** What a spreadsheet takes for the start of a formula, also in its full-width form and after spaces. */
const formula = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20|]/;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  const safe = typeof value === 'string' && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
