import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { peek } from './peek';

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The bytes themselves, or what they unpack to when they are gzip: told by content, whatever the file is called. */
export async function* decompress(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, all } = await peek(bytes, (start) => start.length >= GZIP.length);
  if (!head.subarray(0, GZIP.length).equals(GZIP)) return void (yield* all);
  const gunzip = createGunzip();
  // A failure on either side destroys the gunzip, and reading it below throws that failure.
  pipeline(Readable.from(all), gunzip, () => undefined);
  for await (const chunk of gunzip) yield chunk as Buffer;
}
