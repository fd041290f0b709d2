import type { RecordedBy } from '../event-log';
import { interned } from './interned';

const recorder = (principal: string): RecordedBy => ({ principal, instance: 'a', build: '1' });
const foreign = (json: string) => interned(JSON.parse(json) as RecordedBy);

test('who is equal is one object, who is not is another', () => {
  expect(interned(recorder('desk'))).toBe(interned(recorder('desk')));
  expect(interned(recorder('desk'))).not.toBe(interned(recorder('wire')));
});

test.each([
  ['null', '1e400'],
  ['null', '"null"'],
  ['{"a":1,"b":2}', '{"b":2,"a":1}'],
])('what another writer says stays what he says: %s is not %s', (one, other) => {
  const read = [one, other].map((principal) => `{"principal":${principal},"instance":"a","build":"1"}`);
  for (const json of [...read, ...read]) expect(foreign(json)).toEqual(JSON.parse(json));
});

test('what he leaves out is not there', () => {
  foreign('{"principal":null,"instance":"a","build":"1"}');
  expect(foreign('{"instance":"a","build":"1"}').principal).toBeUndefined();
});
