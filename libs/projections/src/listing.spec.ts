import { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '#event-log';
import { Listing, LISTING_SCHEMA } from './listing';

let db: DatabaseSync;
let listing: Listing;
let asked: string[];
beforeEach(() => {
  db = new DatabaseSync(':memory:');
  db.exec(LISTING_SCHEMA);
  listing = new Listing(db);
  asked = [];
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => (asked.push(sql), prepare(sql));
});

let position = 0;
function list(crisis: string, type: string, marking: StoredEvent['marking'], summary = ''): void {
  const stored = { stream: `crisis-${crisis}`, id: crypto.randomUUID(), correlationId: 'c', type, marking };
  const body = { content: { occurredAt: '2025-06-13T00:00:00Z', summary }, refs: {}, sources: {} };
  listing.apply({ ...stored, position: position++ } as StoredEvent, body);
}

test.each([
  ['the crises', () => listing.crises('RED')],
  ['those with anything RED', () => listing.redCrises()],
  ['a page of all events', () => listing.visible({ level: 'RED', crisis: undefined, after: -1, upTo: 9, limit: 2 })],
  ['a page of a crisis', () => listing.visible({ level: 'RED', crisis: 'a', after: -1, upTo: 9, limit: 2 })],
  ['what is hidden', () => listing.hidden('a', 'CLEAR', 9)],
  ['the events of a type', () => listing.find({ crisis: 'a', level: 'RED', types: ['X'], after: -1, limit: 2 })],
  ['those of an actor', () => listing.find({ crisis: 'a', level: 'RED', actor: 'IRN', after: -1, limit: 2 })],
])('finds %s without a look at all that was ever listed', (_what, ask) => {
  ask();
  expect(asked).toHaveLength(1);
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${asked[0]}`).all();
  const steps = plan.map(({ detail }) => detail).join('; ');
  expect(steps).not.toMatch(/SCAN listing(?! USING COVERING INDEX listing_(opened|red))|TEMP B-TREE/);
});

test('pages go by the order of the record, through the crises whose opening the level sees', () => {
  const first = position;
  list('a', 'CrisisOpened', 'GREEN');
  list('b', 'CrisisOpened', 'RED');
  list('b', 'StrikeReported', 'CLEAR');
  list('c', 'CrisisOpened', 'CLEAR');
  list('a', 'StrikeReported', 'RED');
  list('c', 'StrikeReported', 'AMBER');
  list('a', 'StrikeReported', 'AMBER');
  const page = (after: number, crisis?: string) =>
    listing
      .visible({ level: 'AMBER', crisis, after: first + after, upTo: first + 6, limit: 3 })
      .map((event) => `${event.crisis} ${event.position - first}`);
  expect([page(-1), page(5)]).toEqual([['a 0', 'c 3', 'c 5'], ['a 6']]);
  expect([page(-1, 'a'), page(-1, 'b')]).toEqual([['a 0', 'a 6'], []]);
  expect([listing.crises('AMBER'), listing.crises('RED'), listing.redCrises()]).toEqual([
    ['a', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b'],
  ]);
});

test.each([
  ['teheran', true],
  ['TÉHÉRAN talks', true],
  ['te\u0301he\u0301ran', true],
  ['talks, teh', true],
  ['tehran', false],
  ['tal teheran', false],
  ['"talks" OR x', false],
])('words %j find "Talks in Téhéran", however its accents are written: %s', (words, isFound) => {
  for (const summary of ['Talks in Téhéran'.normalize('NFC'), 'Talks in Téhéran'.normalize('NFD')]) {
    list('a', 'X', 'CLEAR', summary);
    const after = position - 2;
    expect(listing.find({ crisis: 'a', level: 'RED', words, after, limit: 9 })).toEqual(isFound ? [position - 1] : []);
  }
});
