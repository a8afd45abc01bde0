// What if a new version takes the old one's content away between two looks? The next look finds the new one.
import { isContentReplaced } from './faults.ts';

/** Looks again where content was replaced meanwhile; whoever is overtaken each time may ask again. */
export async function retried<T>(look: () => Promise<T>, looks = 3): Promise<T> {
  for (let left = looks; ; left -= 1) {
    try {
      return await look();
    } catch (error) {
      if (!isContentReplaced(error) || left === 1) throw error;
    }
  }
}
