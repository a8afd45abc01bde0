// Where do log lines go? To standard output, whole; what cannot be written is lost, and neither ends nor holds up the gateway.
import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const mostWaits = 50;
const waitMs = 20;
const pause = new Int32Array(new SharedArrayBuffer(4));

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN';

/**
 * A reader that is slow is waited for a second; one that has not read by then is waited for no more until it reads
 * again. A full disk, or a reader that is gone, is not waited for at all.
 */
export function standardOutput(fd: number = process.stdout.fd): DestinationStream {
  let stalled = false;
  let begun = false;
  return {
    write(line) {
      // what was cut off must not spoil the line that comes after it
      let left = Buffer.from(begun ? `\n${line}` : line);
      for (let waits = 0; left.length > 0; ) {
        try {
          left = left.subarray(writeSync(fd, left));
          begun = left.length > 0;
          stalled = false;
        } catch (error) {
          if (!isFull(error)) return;
          stalled ||= waits >= mostWaits;
          if (stalled) return;
          Atomics.wait(pause, 0, 0, waitMs);
          waits += 1;
        }
      }
    },
  };
}
