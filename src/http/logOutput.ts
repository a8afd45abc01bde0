// Where do log lines go? To standard output, whole; what cannot be written is lost, and neither ends nor holds up the gateway.
import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const mostWaits = 50;
const waitMs = 20;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** A reader that is slow is waited for a second; a full disk, or a reader that is gone, not at all. */
export function standardOutput(fd: number = process.stdout.fd): DestinationStream {
  return {
    write(line) {
      let left = Buffer.from(line);
      for (let waits = 0; left.length > 0 && waits < mostWaits; ) {
        try {
          left = left.subarray(writeSync(fd, left));
        } catch (error) {
          if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') return;
          Atomics.wait(pause, 0, 0, waitMs);
          waits += 1;
        }
      }
    },
  };
}
