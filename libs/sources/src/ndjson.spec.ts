import { Readable } from 'node:stream';
import fc from 'fast-check';
import { ADDED_ON_READ, readNdjson, withMember } from './ndjson';

const all = async (text: string | Buffer) => Readable.from(readNdjson(Readable.from([Buffer.from(text)]))).toArray();

const ID = '0197a3c0-0000-7000-8000-000000000002';

test('a line is handed on as it stands', async () => {
  const line = `{ "eventId":"${ID}", "type":"StrikeReported", "occurredAt":"2025-06-13T00:30:00Z", "n":1.0, "big":9007199254740993 }`;
  expect(await all(`${line}\r\n\n`)).toEqual([
    { number: 1, eventId: ID, type: 'StrikeReported', occurredAt: '2025-06-13T00:30:00Z', json: line },
  ]);
});

test('what the server adds on read is taken off again, but not inside a correction', async () => {
  const sent = { eventId: ID, type: 'EventCorrected', data: { target: ID, content: { type: 'StrikeReported' } } };
  const added = Object.fromEntries(ADDED_ON_READ.map((name) => [name, 'x']));
  const [line] = await all(JSON.stringify({ ...added, ...sent }));
  expect(JSON.parse((line as { json: string }).json)).toEqual(sent);
});

test('a line without an id gets one of its own, the same every time', async () => {
  const text = '{"type":"OfficialStatementIssued"}\n{"type":"OfficialStatementIssued"}\n';
  const ids = (await all(text)).map((line) => (line as { eventId: string }).eventId);
  expect(ids[0]).toBe('8b378654-85d5-5c3e-bb95-4069a0e008c9');
  expect(ids[1]).not.toBe(ids[0]);
  expect(await all(text)).toMatchObject(ids.map((eventId) => ({ eventId, json: expect.stringContaining(eventId) })));
});

test('line separators inside a string do not end a line', async () => {
  const line = `{"eventId":"${ID}","type":"StrikeReported","summary":"a\u2028b\u0085c"}`;
  expect(await all(line)).toMatchObject([{ json: line }]);
});

test.each([
  ['text', 'not json'],
  ['an array', '[]'],
  ['null', 'null'],
  ['half an object', '{"type":'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
])('%s is no event, and keeps its number', async (_, line) => {
  expect(await all(Buffer.concat([Buffer.from('\n'), Buffer.from(line)]))).toEqual([
    { number: 2, broken: 'not a JSON object' },
  ]);
});

test('a member is added to the text of any object', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((name) => name !== 'id'),
        fc.jsonValue(),
      ),
      (object) => {
        const parsed = JSON.parse(withMember(JSON.stringify(object), 'id', 'x')) as object;
        expect(parsed).toEqual(JSON.parse(JSON.stringify({ id: 'x', ...object })));
      },
    ),
  );
});
