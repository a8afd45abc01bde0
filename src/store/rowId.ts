// Which id does a row get that is only ever added? One that begins with its time (UUIDv7), so that rows that are written together
// lie together in every index: a random id costs a page of its own in each. https://www.rfc-editor.org/rfc/rfc9562#section-5.7
import { randomUUID } from 'node:crypto';

/** For ids that never leave to who asks: they tell when they were made. */
export function rowId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
