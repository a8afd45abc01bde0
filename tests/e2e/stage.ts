// With what do the end-to-end tests work? Real processes on free ports, and everything that they printed.
import { setTimeout as wait } from 'node:timers/promises';
import { type Cast, startCast } from '../../src/cli/demo/cast.ts';
import type { FhirResource } from '../../src/model.ts';
import { runGateway } from '../../src/sandbox/gatewayRun.ts';
import { sampleHandover } from '../../src/sandbox/sandbox.ts';

export { type Cast, startCast };

export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const limit = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(20);
  }
}

/** The sample under another case, so that each push is a handover of its own. */
export async function handoverOfCase(value: string): Promise<FhirResource> {
  return { ...(await sampleHandover()), identifier: { system: 'urn:oid:2.999.104.3', value } };
}

/** The same gateway once more, on the same folder. */
export const restart = async (cast: Cast): Promise<void> => {
  cast.gateway = await runGateway(cast.folder);
};

/** Every written form in which a BSN could show: plain, base64 at each offset, URL-encoded, hex. */
export function formsOf(bsn: string): string[] {
  const offsets = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${' '.repeat(shift)}${bsn}`)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((shift * 4) / 3) + (shift > 0 ? 1 : 0), encoded.length - 1);
  });
  const percent = [...bsn].map((digit) => `%3${digit}`).join('');
  const spaced = bsn.replace(/(\d{3})(?=\d)/g, '$1 ');
  return [bsn, percent, spaced, spaced.replaceAll(' ', '.'), Buffer.from(bsn).toString('hex'), ...offsets];
}
