// What if a new version takes the old one's content away between two looks? The next look finds the new one.
import { GatewayError } from '../errors.ts';

const looks = 3;

/** Looks again where content was replaced meanwhile; whoever is overtaken each time may ask again. */
export async function retried<T>(look: () => Promise<T>): Promise<T> {
  for (let left = looks; ; left -= 1) {
    try {
      return await look();
    } catch (error) {
      const isReplaced = error instanceof GatewayError && error.reason === 'content-replaced';
      if (!isReplaced || left === 1) throw error;
    }
  }
}
