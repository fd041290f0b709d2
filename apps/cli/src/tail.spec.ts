import type { FeedItem } from '#client';
import { lineOf } from './tail';

const item = (summary: string) =>
  ({
    time: '2025-03-03T04:30:00.000Z',
    crisisid: 'strait',
    item: 'event',
    type: 'StrikeReported',
    subject: '0198a000-0000-7000-8000-000000000001',
    data: { summary },
  }) as unknown as FeedItem;

const HEAD = '2025-03-03T04:30:00.000Z strait StrikeReported 0198a000-0000-7000-8000-000000000001';

test('an item is one line, whatever was reported', () => {
  expect(lineOf(item('Ein Boot sinkt — “heute”.'))).toBe(`${HEAD} Ein Boot sinkt — “heute”.`);
  expect(lineOf(item('a\u001b[2K\r\n2025 strait\u2028b\u202e'))).toBe(
    `${HEAD} a\\u{1b}[2K\\u{d}\\u{a}2025 strait\\u{2028}b\\u{202e}`,
  );
  expect(lineOf(item('x'.repeat(50_000)))).toHaveLength(2_001);
});
