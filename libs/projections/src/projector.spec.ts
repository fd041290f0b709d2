import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from '#catalogue';
import { LEVELS, type NewEvent, openSqliteLog, type Position, type SqliteEventLog } from '#event-log';
import { fixture } from '../../../test/support/fixture';
import { CrisisFold, type CrisisMemory, modelOf, Moment, projections, Projector, ViewStore } from './index';

interface Example {
  readonly name: string;
  readonly events: readonly Record<string, unknown>[];
}

const { examples } = fixture<{ examples: readonly Example[] }>('worked-examples.json');
const CRISES = [
  'corrections and retractions',
  'markings',
  'amendments above the level',
  'strikes answered',
  'channels',
  'references of a crisis',
];
const BUILD = '1.0.0';
const RED = LEVELS.indexOf('RED');
const TARGET = '0197a3c0-0000-7000-8000-000000000001';
const AT = Date.parse('2026-03-01T00:00:00Z') / 60_000;

let dataDir: string;
let log: SqliteEventLog;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-projector-'));
  log = await openSqliteLog({ dataDir, instance: 'i1', build: BUILD });
  const logs = CRISES.map(
    (name) =>
      [`crisis-${name.replaceAll(' ', '-')}`, examples.find((example) => example.name === name)!.events] as const,
  );
  for (let i = 0; logs.some(([, events]) => i < events.length); i++) {
    for (const [stream, events] of logs) if (i < events.length) await append(stream, newEvent(events[i]!));
  }
});
afterAll(async () => {
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const append = (stream: string, event: NewEvent) =>
  log.append({ stream, events: [event], expected: 'any', writer: { principal: 'open', level: 'RED' } });

function newEvent({ recordedAt: _recordedAt, ...element }: Record<string, unknown>): NewEvent {
  const { eventId, ...facts } = parse(element, { now: Date.now(), opening: element['type'] === 'CrisisOpened' });
  return { ...facts, id: eventId!, element };
}

/** Every view of every crisis at every level and as-of, as one text. */
function everything(memoryOf: (crisis: string) => Pick<CrisisMemory, 'frameAt' | 'effectiveEvents'>): string {
  const views: unknown[] = [];
  for (const crisis of CRISES.map((name) => name.replaceAll(' ', '-'))) {
    const memory = memoryOf(crisis);
    for (const [level] of LEVELS.entries()) {
      for (let asOf = 0; asOf <= log.head(); asOf += 3) {
        const frame = memory.frameAt(asOf, level, AT);
        if (!frame) continue;
        const situation = modelOf(frame).situationOf(frame, memory.effectiveEvents(asOf, level, AT), Moment.of(AT));
        views.push([crisis, level, asOf, projections.risk.view(situation), projections.status.view(situation)]);
      }
    }
  }
  return JSON.stringify(views);
}

const viewsOf = (projector: Projector): string => everything((crisis) => projector.memory(crisis));

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function inNewFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-views-'));
  folders.push(folder);
  return work(folder);
}

const projected = (folder: string): { text: string; store: ViewStore } => {
  const store = ViewStore.open(folder, log.reader, BUILD);
  const projector = new Projector(log.reader, store);
  projector.catchUp(log.head());
  return { text: viewsOf(projector), store };
};

const expected = (): string =>
  inNewFolder((folder) => {
    const { text, store } = projected(folder);
    store.close();
    return text;
  });

test('the views are the same when they are loaded from the store', () =>
  inNewFolder((folder) => {
    const first = projected(folder);
    first.store.close();
    const again = projected(folder);
    again.store.close();
    expect(again.text).toBe(first.text);
  }));

test('the views are the same when every event is folded with the crises in memory', () =>
  inNewFolder((folder) => {
    const store = ViewStore.open(folder, log.reader, BUILD);
    const projector = new Projector(log.reader, store);
    for (let position = 0; position <= log.head(); position++) {
      projector.catchUp(position);
      CRISES.forEach((name) => projector.memory(name.replaceAll(' ', '-')));
    }
    expect(viewsOf(projector)).toBe(expected());
    store.close();
  }));

test('what was answered is kept until something in its crisis changes, of its frame or of its reports', () =>
  inNewFolder((folder) => {
    const store = ViewStore.open(folder, log.reader, BUILD);
    const projector = new Projector(log.reader, store);
    const memory = projector.memory(CRISES[0]!.replaceAll(' ', '-'));
    let made = 0;
    const answer = () => memory.cached('answer', () => `${++made}`);
    const answers = [-1, 0, 5, 6].map((position) => {
      projector.catchUp(position);
      return answer();
    });
    // Its opening, those of the others, its first report.
    expect(answers).toEqual(['1', '2', '2', '3']);
    store.close();
  }));

test('the views are the same when a crisis is folded from its events alone', () => {
  const folded = everything((crisis) => {
    const fold = new CrisisFold(log.reader, `crisis-${crisis}`, AT);
    for (const event of log.readStream(`crisis-${crisis}`)) fold.add(event);
    return fold;
  });
  expect(folded).toBe(expected());
});

test('a fold without what comes later is the crisis as it was, and one with what it cannot read says so', () => {
  const stream = 'crisis-corrections-and-retractions';
  const events = [...log.readStream(stream)];
  for (let known = 1; known <= events.length; known++) {
    const fold = new CrisisFold(log.reader, stream, AT);
    events.slice(0, known).forEach((event) => fold.add(event));
    const { position } = events[known - 1]!;
    inNewFolder((folder) => {
      const store = ViewStore.open(folder, log.reader, BUILD);
      const projector = new Projector(log.reader, store);
      projector.catchUp(position);
      const memory = projector.memory(stream.slice('crisis-'.length));
      expect(fold.effectiveEvents(position, RED, AT)).toEqual(memory.effectiveEvents(position, RED, AT));
      store.close();
    });
    fold.add({ ...events.at(-1)!, id: 'x', schemaVersion: 99, marking: 'inherit' });
    expect(() => fold.effectiveEvents(log.head(), RED, AT)).toThrow('event x cannot be read');
  }
});

/** In the stored format, and so it could be a later build's or another writer's; the catalogue refuses each. */
test.each<[string, string, object]>([
  ['a marking that is none', 'MarkingChanged', { target: TARGET, marking: 'PUBLIC' }],
  ['no marking', 'MarkingChanged', { target: TARGET }],
  ['a marking in no data', 'MarkingChanged', [TARGET]],
  ['a target that is no id', 'EventRetracted', { target: { id: TARGET } }],
  ['a correction without content', 'EventCorrected', { target: TARGET, content: null }],
  [
    'a correction at no time',
    'EventCorrected',
    { target: TARGET, content: { type: 'StrikeReported', occurredAt: '?' } },
  ],
])('an amendment with %s parks its crisis, projected or folded, and no other', async (_what, type, data) => {
  const strike = CRISES[3]!.replaceAll(' ', '-');
  const opening = examples.find(({ name }) => name === CRISES[3])!.events[0]!;
  const target = { type: 'StrikeReported', occurredAt: '2026-01-01T00:00:00Z', eventId: TARGET };
  const stored = { marking: 'CLEAR', schemaVersion: 1, references: [] } as const;
  await inNewFolder(async (folder) => {
    const other = await openSqliteLog({ dataDir: folder, instance: 'i1', build: BUILD });
    const writer = { principal: 'open', level: 'RED' } as const;
    const id = crypto.randomUUID();
    const append = (stream: string, event: NewEvent) =>
      other.append({ stream, events: [event], expected: 'any', writer });
    await append('crisis-poisoned', newEvent(opening));
    await append('crisis-poisoned', { ...stored, id: TARGET, type: target.type, element: target });
    await append('crisis-poisoned', { ...stored, id, type, element: { type, occurredAt: target.occurredAt, data } });
    await append(`crisis-${strike}`, newEvent(opening));
    const store = ViewStore.open(folder, other.reader, BUILD);
    const projector = new Projector(other.reader, store);
    const fold = new CrisisFold(other.reader, 'crisis-poisoned', AT);
    try {
      projector.catchUp(other.head());
      for (const event of other.readStream('crisis-poisoned')) fold.add(event);
      for (const crisis of [projector.memory('poisoned'), fold])
        expect(() => crisis.effectiveEvents(other.head(), RED, AT)).toThrow(`event ${id} cannot be read`);
      expect(projector.memory(strike).effectiveEvents(other.head(), RED, AT)).toEqual([]);
      expect(store.unreadableCount()).toBe(1);
    } finally {
      store.close();
      await other.close();
    }
  });
});

/** T11: whatever is written when the process ends, the checkpoint is of the same moment. */
test('a crash at any write leaves a store that goes on to the same views', () => {
  const whole = expected();
  let crashes = 0;
  for (let failAt = 1; ; failAt++) {
    const survived = inNewFolder((folder) => {
      const crashed = crashAt(folder, failAt);
      const { text, store } = projected(folder);
      store.close();
      expect(text).toBe(whole);
      return !crashed;
    });
    if (survived) break;
    crashes++;
  }
  expect(crashes).toBeGreaterThan(log.head());
});

/** Folds in small steps until the n-th write, then stops as a killed process would: nothing after it happens. */
function crashAt(folder: string, failAt: number): boolean {
  const store = ViewStore.open(folder, log.reader, BUILD);
  let writes = 0;
  for (const name of ['addOriginal', 'addAmendment', 'addFrameEvent'] as const) {
    const write = store[name].bind(store) as (...args: unknown[]) => void;
    store[name] = (...args: unknown[]) => {
      if (++writes === failAt) throw new Error('crash');
      write(...args);
    };
  }
  const projector = new Projector(log.reader, store);
  try {
    for (let position = 6; position < log.head() + 7; position += 7) projector.catchUp(Math.min(position, log.head()));
    return false;
  } catch {
    return true;
  } finally {
    store.close();
  }
}

test('a step that fails leaves nothing behind, in the store or in memory, and is taken again', () =>
  inNewFolder((folder) => {
    const store = ViewStore.open(folder, log.reader, BUILD);
    const projector = new Projector(log.reader, store);
    const crisis = CRISES[0]!.replaceAll(' ', '-');
    const known = () => projector.memory(crisis).frameAt(log.head(), RED, AT);
    expect(known()).toBeUndefined();
    const db = new DatabaseSync(
      join(
        folder,
        readdirSync(folder).find((file) => file.endsWith('.sqlite'))!,
      ),
    );
    db.exec("create trigger fail before update on checkpoint begin select raise(abort, 'no room'); end");
    expect(() => projector.catchUp(log.head())).toThrow('no room');
    expect([store.checkpoint(), store.frameEvents(crisis), known()]).toEqual([-1, [], undefined]);
    db.exec('drop trigger fail');
    db.close();
    projector.catchUp(log.head());
    expect(viewsOf(projector)).toBe(expected());
    store.close();
  }));

test('a store of another log is built anew', () =>
  inNewFolder((folder) => {
    const first = projected(folder);
    first.store.close();
    const genesis = { ...log.reader.genesis(), logId: '00000000-0000-4000-8000-00000000000f' };
    const other = ViewStore.open(folder, { genesis: () => genesis, at: (position) => log.reader.at(position) }, BUILD);
    expect(other.checkpoint()).toBe(-1);
    other.close();
    const mine = projected(folder);
    mine.store.close();
    expect(mine.text).toBe(first.text);
  }));

test('a store of what a log was before a backup was put in its place is built anew', () =>
  inNewFolder(async (folder) => {
    const [file, backup] = [join(folder, 'log.sqlite'), join(folder, 'backup')];
    const [opening, ...rest] = examples.find(({ name }) => name === CRISES[3])!.events.slice(0, 4);
    const append = async (...events: object[]): Promise<Position> => {
      const mine = await openSqliteLog({ dataDir: folder, instance: 'i1', build: BUILD });
      for (const event of events)
        await mine.append({
          stream: 'crisis-a',
          events: [newEvent(event as Example['events'][number])],
          expected: 'any',
          writer: { principal: 'open', level: 'RED' },
        });
      const store = ViewStore.open(folder, mine.reader, BUILD);
      const checkpoint = store.checkpoint();
      new Projector(mine.reader, store).catchUp(mine.head());
      store.close();
      await mine.close();
      return checkpoint;
    };
    expect(await append(opening!)).toBe(-1);
    copyFileSync(file, backup);
    expect(await append(...rest)).toBe(0);
    expect(await append()).toBe(3);
    copyFileSync(backup, file);
    // It is ahead, then as long and of other events.
    expect(await append()).toBe(-1);
    await append(...rest);
    copyFileSync(backup, file);
    expect(await append(...rest.toReversed())).toBe(-1);
  }));
