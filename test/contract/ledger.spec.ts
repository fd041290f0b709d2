import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogReader, openReader, openSqliteLog } from '#event-log';
import {
  beginChain,
  BundleEvent,
  leafOf,
  MerkleTree,
  OpenedEvent,
  openHead,
  openStored,
  signingKey,
  signKeys,
  signNextHead,
  verifyBundle,
  writeBundle,
} from '#ledger';
import { amendment, append, newEvent, newId } from './new-event';

// The ledger shares no code with the log. Here both meet: what one stores, the other opens, proves and verifies.

const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
const target = newId();
const events = [
  newEvent({ type: 'CrisisOpened', content: { data: { title: 'ünïcode \u{1f600}', sides: [] } } }),
  newEvent({
    id: target,
    marking: 'AMBER',
    content: { tlp: 'AMBER', sources: [{ name: 'Agency' }], weights: [1e21, 1e-7, -0.5] },
  }),
  newEvent({
    marking: 'CLEAR',
    content: { tlp: 'CLEAR', respondsTo: [target], data: { '10': 1, '9': 2, text: 'a\u2028\u007f"\\' } },
  }),
  amendment(target, { marking: 'inherit' }),
  newEvent({
    type: 'EventCorrected',
    marking: 'inherit',
    target,
    references: [{ pointer: '/data/target', id: target }],
    contentType: 'StrikeReported',
    contentSchemaVersion: 1,
    content: { data: { target, content: { respondsTo: [target], sources: [], data: { basedOn: [target] } } } },
  }),
];

let reader: LogReader;
beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0' });
  for (const event of events) await log.append(append('crisis-a', event));
  await log.append(append('crisis-b', [newEvent({ type: 'CrisisOpened' }), newEvent()]));
  await log.append(append('crisis-a', newEvent()));
  await log.close();
  reader = openReader(dataDir);
});
afterAll(() => {
  reader.close();
  rmSync(dataDir, { recursive: true });
});

/** Every event of the log, opened by the ledger from the bytes of the stored format. */
const opened = (): (OpenedEvent & { stream: string; position: number })[] =>
  Array.from(reader.readAll(), ({ position, stream, revision, id, type }) => {
    const { data, metadata } = reader.envelope(position)!;
    const event = { stream, revision, id, type, data: JSON.parse(data), metadata: JSON.parse(metadata) };
    return { ...openStored(event), stream, position };
  });

it('every stored event opens: its parts, its commitments and its contentHash are computed again', () => {
  expect(opened()).toHaveLength(events.length + 3);
});

it('the leaves of the log and of the ledger are the same', () => {
  for (const { position, leaf, commitments } of opened()) {
    expect(Buffer.from(leaf)).toEqual(reader.envelope(position)!.leaf);
    expect(leafOf(commitments)).toEqual(leaf);
  }
});

it('a crisis of the log is proved offline', async () => {
  const key = signingKey('log.example', Buffer.alloc(32, 1));
  const recovery = signingKey('log.example', Buffer.alloc(32, 2));
  const keys = signKeys(undefined, { signing: [key], recovery }, [key, recovery]);
  const all = opened();
  const tree = new MerkleTree();
  tree.append(all.map(({ leaf }) => leaf));
  const note = signNextHead({ origin: key.name, size: tree.size, subtrees: tree.subtrees }, key);
  const lines = writeBundle({
    crisis: 'a',
    origin: key.name,
    events: all
      .filter(({ stream }) => stream === 'crisis-a')
      .map(({ position, commitments, salts, parts }): BundleEvent => {
        const { place: _place, ...shown } = parts;
        return { position, commitments, salts, parts: shown };
      }),
    subtrees: tree.subtrees,
    head: { ...openHead(note, [key]), revision: 1, note },
    statements: [{ revision: 0, note: keys }],
    tip: beginChain(key.name, [key], keys).tip,
    key,
  });
  const verdict = await verifyBundle(lines, { trusted: [recovery] });
  expect(verdict).toMatchObject({ crisis: 'a', lastRevision: events.length, events: events.length + 1 });
});
