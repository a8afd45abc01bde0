// How do tests make the archive of a package, good or bad? POSIX ustar, gzipped.
import { gzipSync } from 'node:zlib';

export type Member = { name: string; body?: string; type?: string; link?: string };

function header({ name, body = '', type = '0', link = '' }: Member): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${Buffer.byteLength(body).toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link, 157);
  block.write('ustar\0', 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A gzipped tar of these members. */
export const tarball = (members: readonly Member[]): Buffer =>
  gzipSync(
    Buffer.concat([
      ...members.flatMap((member) => {
        const body = Buffer.from(member.body ?? '');
        return [header(member), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
      }),
      Buffer.alloc(1024),
    ]),
  );
