// What if a new version takes the old one's content away between two looks? The next look finds the new one.
import { GatewayError } from '../../errors.ts';

const looks = 3;

/** Looks again where stored content was missing; what is still missing then is truly gone. */
export async function retried<T>(look: () => Promise<T>): Promise<T> {
  for (let left = looks; ; left -= 1) {
    try {
      return await look();
    } catch (error) {
      const isMissing = error instanceof GatewayError && error.kind === 'fault';
      if (!isMissing || left === 1) throw error;
    }
  }
}
