// How large may a body be? By what it is for, and on both sides of its unpacking.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type HttpStage, raw, startHttp, statusesIn, taskId } from './httpStage.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let stage: HttpStage;
let token: string;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open();
  stage = await startHttp(store);
  token = await stage.token();
});
afterAll(async () => {
  await stage.end();
  await ground.end();
});

const taskOf = (bytes: number): string => {
  const head = `{"resourceType":"Task","id":"${taskId}","status":"requested","intent":"order"`;
  return `${head}${' '.repeat(bytes - head.length - 1)}}`;
};
const send = (method: string, path: string, body: string | Uint8Array) =>
  fetch(`${stage.url}/stu3/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/fhir+json',
      ...(typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }),
    },
    body: body as string,
  });

describe('a body that brings no records', () => {
  it('is held to a smaller limit than one that does, packed or not', async () => {
    expect((await send('PUT', `Task/${taskId}`, taskOf(262_144))).status).toBe(200);
    expect((await send('PUT', `Task/${taskId}`, taskOf(262_145))).status).toBe(413);
    expect((await send('PUT', `Task/${taskId}`, gzipSync(taskOf(262_145)))).status).toBe(413);
    expect((await send('POST', '$handover', gzipSync(taskOf(262_145)))).status).toBe(200);
  });
});

describe('a body of records', () => {
  it.each([
    { read: 'while everybody waits', path: '$handover', most: 2_097_152 },
    { read: 'on another thread', path: '$push', most: 10_485_760 },
  ])('has its limit when it is read $read', async ({ path, most }) => {
    expect((await send('POST', path, taskOf(most))).status).toBe(200);
    expect((await send('POST', path, taskOf(most + 1))).status).toBe(413);
    expect((await send('POST', path, gzipSync(taskOf(most + 1)))).status).toBe(413);
  });
});

describe('packed bytes that never unpack to anything', () => {
  const inChunk = (bytes: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  const emptyBlocks = Buffer.concat(Array.from({ length: 2_000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));

  it.each([
    { coding: 'deflate', start: Buffer.from([0x78, 0x9c]), more: emptyBlocks },
    {
      coding: 'gzip',
      start: gzipSync(''),
      more: Buffer.concat(Array.from({ length: 500 }, () => gzipSync(''))),
    },
  ])('are refused at the same limit: $coding', async ({ coding, start, more }) => {
    const head = [
      'POST /oauth/token HTTP/1.1',
      'Host: x',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Encoding: ${coding}`,
      'Transfer-Encoding: chunked',
    ];
    const answer = await raw(stage.port, [
      `${head.join('\r\n')}\r\n\r\n`,
      inChunk(start),
      ...Array.from({ length: 8 }, () => inChunk(more)),
    ]);
    expect(statusesIn(answer)).toEqual([413]);
  });
});
