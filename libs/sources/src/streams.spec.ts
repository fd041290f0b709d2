import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decompress } from './decompress';
import { NATIVE_COLUMNS, readGdelt } from './gdelt';
import { readIcews } from './icews';
import { readNdjson } from './ndjson';
import { LineTooLong, readLines } from './read-lines';

const pieces = (data: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(data.length / size) }, (_, place) => data.subarray(place * size, (place + 1) * size));

const joined = async (bytes: AsyncIterable<Buffer>): Promise<string> =>
  Buffer.concat(await Readable.from(bytes).toArray()).toString();

describe('a file is unpacked by what it is, not by its name', () => {
  const text = 'date,source\n'.repeat(1_000);
  test.each([
    ['plain', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['gzip in several members', Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))])],
  ])('%s', async (_, data) => {
    for (const size of [1, 7, data.length])
      expect(await joined(decompress(Readable.from(pieces(data, size))))).toBe(text);
  });

  test('an empty one is empty', async () => expect(await joined(decompress(Readable.from([])))).toBe(''));

  test('a broken one is an error, not the end', async () => {
    const broken = gzipSync(text).subarray(0, 40);
    await expect(joined(decompress(Readable.from([broken])))).rejects.toThrow('unexpected end of file');
  });
});

test('lines are the same however the bytes come', async () => {
  const texts = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'é', '\u2028', '\r') }).filter((text) => !text.endsWith('\r')),
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), fc.constantFrom('\n', '\r\n'), async (lines, size, end) => {
      const data = Buffer.from(lines.map((line) => line + end).join(''));
      const read = await Readable.from(readLines(Readable.from(pieces(data, size)))).toArray();
      expect(read.map(String)).toEqual(lines);
    }),
  );
});

test('a file without line ends does not fill the memory', async () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  };
  await expect(Readable.from(readLines(endless())).toArray()).rejects.toThrow(LineTooLong);
});

describe('memory is constant: a reader never runs far ahead of who asks', () => {
  const gdelt = NATIVE_COLUMNS.map((column) => ({ GLOBALEVENTID: '1', SQLDATE: '20250613' })[column] ?? '').join('\t');
  const icews = '2014-01-01,Iran,Consult,040,1.0,mediation_contact,consultation,Oman';
  const header = 'date,source,event_text,cameo_code,goldstein_gdelt,event_type,sub_type,target\n';
  const ROWS_PER_CHUNK = 100;
  const ROWS = 20_000;
  const MAX_CHUNKS_AHEAD = 100;

  test.each([
    ['GDELT', readGdelt, '', gdelt],
    ['ICEWS', readIcews, header, icews],
    ['NDJSON', readNdjson, '', '{"type":"StrikeReported"}'],
  ])('%s', async (_, read, first, row) => {
    let chunks = 0;
    const endless = async function* () {
      yield Buffer.from(first);
      for (;;) {
        chunks += 1;
        yield Buffer.from(`${row}\n`.repeat(ROWS_PER_CHUNK));
      }
    };
    let rows = 0;
    let ahead = 0;
    for await (const _row of (read as (bytes: AsyncIterable<Buffer>) => AsyncIterable<unknown>)(endless())) {
      rows += 1;
      ahead = Math.max(ahead, chunks - rows / ROWS_PER_CHUNK);
      if (rows === ROWS) break;
    }
    expect(ahead).toBeLessThan(MAX_CHUNKS_AHEAD);
  });
});
