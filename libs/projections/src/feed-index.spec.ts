import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { LEVELS } from '#event-log';
import { FEED_SCHEMA, FEED_START, FeedIndex, type MarkingStep } from './feed-index';

const RED = LEVELS.length - 1;

interface Recorded {
  readonly marking: number;
  readonly floor: number;
  readonly steps: readonly MarkingStep[];
}

function indexOf(log: readonly Recorded[]): FeedIndex {
  const db = new DatabaseSync(':memory:');
  db.exec(FEED_SCHEMA);
  const feed = new FeedIndex(db);
  log.forEach(({ marking, floor, steps }, position) => feed.append(position, `c${floor}`, marking, floor, steps));
  return feed;
}

const told = (feed: FeedIndex, level: number, crisis?: string): string[] =>
  feed
    .after({ level, crisis, after: FEED_START, limit: 1000 })
    .map(({ kind, subject, position, index }) => `${kind} ${subject} at ${position}.${index}`);

describe('an event that is marked RED, lowered to GREEN and raised to AMBER', () => {
  const feed = indexOf([
    { marking: RED, floor: 0, steps: [] },
    { marking: 1, floor: 0, steps: [{ subject: 0, was: RED, becomes: 1 }] },
    { marking: 2, floor: 0, steps: [{ subject: 0, was: 1, becomes: 2 }] },
  ]);

  test.each([
    ['CLEAR', []],
    ['GREEN', ['event 1 at 1.0', 'release 0 at 1.1', 'withdraw 0 at 2.1']],
    ['AMBER', ['event 1 at 1.0', 'release 0 at 1.1', 'event 2 at 2.0']],
    ['RED', ['event 0 at 0.0', 'event 1 at 1.0', 'event 2 at 2.0']],
  ] as const)('%s is told %j', (level, items) => expect(told(feed, LEVELS.indexOf(level))).toEqual(items));
});

test('below the level of the opening nothing is told, whatever its marking', () => {
  const feed = indexOf([
    { marking: 3, floor: 3, steps: [] },
    { marking: 0, floor: 3, steps: [] },
    { marking: 0, floor: 3, steps: [{ subject: 1, was: 4, becomes: 0 }] },
  ]);
  expect(told(feed, 2)).toEqual([]);
  expect(told(feed, 3)).toEqual(['event 0 at 0.0', 'event 1 at 1.0', 'event 2 at 2.0', 'release 1 at 2.1']);
});

/** A log in which each event is new or moves the marking of an earlier one. */
const logs = fc.array(fc.tuple(fc.nat(RED), fc.nat(RED), fc.option(fc.nat())), { maxLength: 40 }).map((rows) => {
  const markings: number[] = [];
  return rows.map(([marking, floor, target], position): Recorded => {
    markings.push(marking);
    if (target === null || position === 0) return { marking, floor: floor % 2, steps: [] };
    const subject = target % position;
    const step = { subject, was: markings[subject]!, becomes: marking };
    markings[subject] = marking;
    return { marking, floor: floor % 2, steps: [step] };
  });
});

test('whoever follows holds what is visible at each level, and never holds an event twice', () => {
  fc.assert(
    fc.property(logs, (log) => {
      const feed = indexOf(log.map((event) => ({ ...event, floor: 0 })));
      const markings: number[] = [];
      for (const [position, { marking, steps }] of log.entries()) {
        markings[position] = marking;
        for (const { subject, becomes } of steps) markings[subject] = becomes;
      }
      for (const level of LEVELS.keys()) {
        const held = new Set<number>();
        for (const { kind, subject } of feed.after({ level, after: FEED_START, limit: 1000 })) {
          expect(held.has(subject)).toBe(kind === 'withdraw');
          if (kind === 'withdraw') held.delete(subject);
          else held.add(subject);
        }
        expect([...held].sort((a, b) => a - b)).toEqual([...markings.keys()].filter((p) => markings[p]! <= level));
      }
    }),
  );
});

test('pages of any size give the same as one, in a crisis and over all', () => {
  fc.assert(
    fc.property(logs, fc.integer({ min: 1, max: 7 }), fc.nat(RED), (log, limit, level) => {
      const feed = indexOf(log);
      for (const crisis of [undefined, 'c0', 'c1']) {
        const whole = feed.after({ level, crisis, after: FEED_START, limit: 1000 });
        const pages = [];
        for (let after = FEED_START; ;) {
          const page = feed.after({ level, crisis, after, limit });
          pages.push(...page);
          if (page.length < limit) break;
          after = page.at(-1)!;
        }
        expect(pages).toEqual(whole);
        const { position, index } = whole.at(-1) ?? FEED_START;
        expect(feed.last(level, crisis)).toEqual({ position, index });
        if (crisis) expect(whole.every((item) => item.crisis === crisis)).toBe(true);
      }
    }),
  );
});
