// Which database errors mean "try again later", and which are the job's own?
// https://www.postgresql.org/docs/current/errcodes-appendix.html, https://www.sqlite.org/rescode.html
import { GatewayError } from '../errors.ts';

/** The store cannot do its work now. Nothing was acknowledged. */
export function storeUnavailable(cause?: unknown): GatewayError {
  return new GatewayError('unavailable', 'The store is not available', {
    cause,
    reason: 'store-unavailable',
    headers: { 'Retry-After': '2' },
  });
}

/** Between the look at what names content and the look at the content, a correction came. */
export const contentReplaced = (cause?: unknown): GatewayError =>
  new GatewayError('unavailable', 'A new version came in between; ask again', {
    reason: 'content-replaced',
    cause,
  });

export const isContentReplaced = (error: unknown): boolean =>
  error instanceof GatewayError && error.reason === 'content-replaced';

/** Connection, resources, operator, disk, authentication and missing database. */
const unavailableClasses = new Set(['08', '28', '3D', '53', '57', '58']);
/** A read-only server, and a lock that did not come free in time. */
const unavailableStates = new Set(['25006', '55P03']);

/** Turns a PostgreSQL error that is our trouble into `unavailable`; gives back any other as it is. */
export function fromPostgres(error: unknown): unknown {
  if (error instanceof GatewayError || error instanceof TypeError) return error;
  const state = sqlState(error);
  if (state === undefined) return storeUnavailable(error);
  const ours = unavailableClasses.has(state.slice(0, 2)) || unavailableStates.has(state);
  return ours ? storeUnavailable(error) : error;
}

/** PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL. */
const unavailableResults = new Set([3, 5, 6, 7, 8, 10, 13, 14, 15]);

/** Turns an SQLite error that is our trouble into `unavailable`; gives back any other as it is. */
export function fromSqlite(error: unknown): unknown {
  const result = sqliteResult(error);
  const ours = result !== undefined && unavailableResults.has(result & 0xff);
  return ours ? storeUnavailable(error) : error;
}

/** Does another process hold SQLite's write lock? */
export function isBusy(error: unknown): boolean {
  const result = sqliteResult(error instanceof GatewayError ? error.cause : error);
  return result !== undefined && (result & 0xff) === 5;
}

/** Did the row exist already? The same on both databases. */
export function isUniqueViolation(error: unknown): boolean {
  const result = sqliteResult(error);
  return result === 1555 || result === 2067 || sqlState(error) === '23505';
}

/** Deadlock, serialization failure, or a transaction that an error within it had ended: worth another try, alone. */
export function isRepeatable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return state === '40P01' || state === '40001' || state === '25P02';
  return error instanceof Error && error.name === 'AbortedTransactionError';
}

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function sqliteResult(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
