// May this content take the place of what is registered now? Not what was there before, nor what its author wrote earlier.
import { GatewayError } from '../../errors.ts';
import { parseDate } from '../../fhir/dates.ts';
import { openRegistered } from '../../holder/registered.ts';
import type { FhirResource } from '../../model.ts';
import type { RegisteredSetTable } from '../../store/rows/links.ts';
import type { Unit } from '../../store/store.ts';

/** When the author wrote it, as far as the content says. */
function writtenAt({ resourceType, timestamp, authored }: FhirResource): number | undefined {
  const text = resourceType === 'Bundle' ? timestamp : authored;
  return typeof text === 'string' ? parseDate(text)?.start : undefined;
}

const conflict = (message: string, reason: string) => new GatewayError('conflict', message, { reason });

type New = { content: FhirResource; contentHash: string };

/**
 * For a set that is named without If-Match. Throws `conflict` (`set-superseded`) for content that an earlier version had:
 * a system that sends again what it had sent would undo what came after it; and (`set-older`) for older content.
 */
export async function refuseReturn(
  unit: Unit,
  row: RegisteredSetTable,
  { content, contentHash }: New,
): Promise<void> {
  const versions = await unit.db
    .selectFrom('registered_version')
    .select(['version', 'content_hash', 'payload_id'])
    .where('set_id', '=', row.id)
    .execute();
  if (versions.some((one) => one.content_hash === contentHash)) {
    throw conflict(
      'This content has been superseded; If-Match says that it is meant to return',
      'set-superseded',
    );
  }
  const current = versions.find(({ version }) => version === row.version);
  const at = writtenAt(content);
  if (at === undefined || current === undefined) return;
  const { id, version } = row;
  const kept = await openRegistered({ id, version, payloadId: current.payload_id }, unit);
  if (at < (writtenAt(kept.content) ?? at)) {
    throw conflict(
      'This content is older than what is registered; If-Match says that it is meant',
      'set-older',
    );
  }
}
