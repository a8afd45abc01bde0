// Is a question that cannot be put heard by nobody? Neither by a holder, nor by Mitz, closed or open.
import { must, mustAll, type Try } from './attack.ts';
import { hearing, silent } from './hearing.ts';
import type { Stage } from './stage.ts';

/** Nobody may hear of a question that cannot be put: neither a holder, nor Mitz, closed or open. */
export async function nobodyHears(stage: Stage, tries: readonly Try[]): Promise<number> {
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, `Mitz was asked ${heard.all.length} times`);
  stage.recorded.push(...result.filter(({ status }) => status === 422 || status === 403));
  return result.length;
}

export const uzi = 'urn:oid:2.16.528.1.1007.3.1';
