import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { Hmac } from './hmac';

test('is HMAC-SHA-256, message after message', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 64 }).chain(bytes),
      fc.integer({ min: 0, max: 200 }).chain((length) => fc.array(bytes(length), { minLength: 1, maxLength: 3 })),
      (key, messages) => {
        const hmac = new Hmac(Buffer.from(key), messages[0]!.length);
        for (const message of messages)
          expect(hmac.of(Buffer.from(message))).toEqual(createHmac('sha256', key).update(message).digest());
      },
    ),
  );
});

test('a message of another length, or a key longer than a block, is refused', () => {
  expect(() => new Hmac(Buffer.alloc(32), 8).of(Buffer.alloc(9))).toThrow(RangeError);
  expect(() => new Hmac(Buffer.alloc(65), 8)).toThrow(RangeError);
});
