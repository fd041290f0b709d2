import { ImportTally, printed } from './import-report';
import type { EventItem, Item } from './read-items';

const event = (type: string, incidentId?: string): EventItem => ({
  eventId: 'e',
  type,
  occurredAt: '2025-06-13T00:00:00Z',
  ...(incidentId !== undefined && { incidentId }),
  json: '{}',
});

const skipped = (names: string[], withParty: boolean): Item => ({
  skipped: 'not ours',
  unresolved: { names, withParty },
});

test('every row read is counted in one place, and joined beside that', () => {
  const tally = new ImportTally();
  const items: Item[] = [
    event('StrikeReported', 'i'),
    event('StrikeReported', 'i'),
    event('StrikeReported', 'j'),
    event('StrikeReported'),
  ];
  items.forEach((item) => tally.countRead(item));
  tally.countStored('StrikeReported');
  tally.countAlreadyImported();
  tally.countDiffering();
  tally.countRefused(
    { status: 422, problem: { title: 'The event breaks rules', detail: 'no such code' } },
    event('StrikeReported'),
  );
  tally.countRead({ skipped: 'not ours' });
  tally.countRead({ broken: 'not a JSON object', number: 6 });
  expect(tally.report()).toEqual({
    read: 6,
    events: { StrikeReported: 4 },
    stored: { StrikeReported: 1 },
    joined: 1,
    alreadyImported: 1,
    differing: 1,
    replaced: 0,
    skipped: { 'not ours': 1 },
    refused: { 'no such code': 1, 'not a JSON object': 1 },
    firstLine: { 'not a JSON object': 6 },
    unresolvedNames: { names: 0, rows: 0, top: [] },
  });
});

test('unresolved names come with those first that stood opposite a party', () => {
  const tally = new ImportTally();
  for (const row of [
    skipped(['A', 'B'], false),
    skipped(['A'], false),
    skipped(['C'], true),
    skipped(['D', 'D'], false),
  ])
    tally.countRead(row);
  expect(tally.report().unresolvedNames).toEqual({
    names: 4,
    rows: 4,
    top: [
      { name: 'C', rows: 1, rowsWithParty: 1 },
      { name: 'A', rows: 2, rowsWithParty: 0 },
      { name: 'B', rows: 1, rowsWithParty: 0 },
      { name: 'D', rows: 1, rowsWithParty: 0 },
    ],
  });
});

test('whatever a file calls its types and reasons, they are counted', () => {
  const tally = new ImportTally();
  for (const name of ['constructor', '__proto__', 'toString']) {
    tally.countRead(event(name));
    tally.countRead({ broken: name, number: 7 });
  }
  const { events, refused, firstLine } = tally.report();
  const each = (count: number) => [
    ['constructor', count],
    ['__proto__', count],
    ['toString', count],
  ];
  expect([events, refused, firstLine].map((counts) => Object.entries(counts))).toEqual([each(1), each(1), each(7)]);
});

test('a dry run says what would be sent', () => {
  const tally = new ImportTally();
  tally.countRead(event('StrikeReported'));
  expect(printed(tally.report(), true)).toContain('would be sent     1\n         1  StrikeReported');
  expect(printed(tally.report(), false)).toContain('stored            0\n');
});

test('refusals are told with the first line of each, and reasons that name ids do not fill the report', () => {
  const tally = new ImportTally();
  for (let line = 1; line <= 100; line += 1) tally.countRead({ broken: `/data/target names ${line}`, number: line });
  const { refused, firstLine } = tally.report();
  expect(Object.keys(refused)).toHaveLength(21);
  expect(refused['for other reasons']).toBe(80);
  expect(firstLine['for other reasons']).toBe(21);
  expect(printed(tally.report(), false)).toContain('         1  /data/target names 3 (first in line 3)');
});
