import type { HeadEntry, LogReader } from '#event-log';
import {
  beginChain,
  EMPTY_FRONTIER,
  extend,
  follow,
  type HeadChain,
  isDisowned,
  Refusal,
  rootOf,
  sameHash,
  type TreeHead,
  type VerifierKey,
} from '#ledger';
import type { HeadsFile, Reached } from './heads-file';
import type { LedgerStore } from './ledger-store';
import { RecordFault } from './record-fault';
import { openedEvents, storedLeaves } from './stored-leaves';

/** Has SQLite check the file, indexes included: with a wrong index an event could be stored twice. */
export function checkFile(reader: LogReader): void {
  const damage = reader.findDamage();
  if (damage !== undefined) throw new RecordFault('altered', `SQLite finds: ${damage}`);
}

/**
 * The stream of heads in the data folder and in HEADS_FILE are one. Entries that one lacks at its end are added: a
 * crash between two writes leaves such, and so does a lost ledger.sqlite. Whether the log still extends them is for
 * `checkLast`.
 */
export function checkHeads(store: LedgerStore, file: HeadsFile | undefined): void {
  const damage = store.findDamage();
  if (damage !== undefined) throw new RecordFault('heads', `SQLite finds in ledger.sqlite: ${damage}`);
  if (file === undefined) return;
  const first = file.notes[0];
  let due = first !== undefined && holds(store, first) ? first.revision : 0;
  for (const { revision, note } of file.notes) {
    if (revision !== due) throw new RecordFault('heads', `HEADS_FILE has revision ${revision} where ${due} was due`);
    const twin = store.note(revision);
    if (twin === undefined) store.addNote({ revision, note });
    else if (twin !== note) {
      throw new RecordFault('heads', `HEADS_FILE and the data folder have two entries of revision ${revision}`);
    }
    due++;
  }
  for (const note of store.notesFrom(due)) file.addNote(note);
}

/** Does the data folder have exactly this entry? */
export const holds = (store: LedgerStore, { revision, note }: HeadEntry): boolean => store.note(revision) === note;

interface Folder {
  readonly reader: LogReader;
  readonly store: LedgerStore;
  readonly trusted: readonly VerifierKey[];
}

/**
 * The chain from what this folder has of the stream: statements and the last head. Undefined while there are no keys.
 */
export function openChain({ reader, store, trusted }: Folder): HeadChain | undefined {
  let chain: HeadChain | undefined;
  const { origin } = reader.genesis();
  try {
    for (const { revision, note } of store.notes('statements')) {
      if (!chain) {
        if (store.note(0) === undefined) throw new RecordFault('heads', 'the first entry is missing');
        chain = { ...beginChain(origin, trusted, note), revision };
        continue;
      }
      const step = follow(chain, revision, note);
      if ('ignored' in step) throw step.ignored;
      chain = step.chain;
    }
  } catch (error) {
    if (error instanceof Refusal) throw new RecordFault('heads', error.message);
    throw error;
  }
  // Keys and the first entry are made at once. Without it nothing here could be held against what was signed. A mirror
  // may be new: the stream comes with it.
  if (!chain && trusted.length > 0 && !reader.isMirror())
    throw new RecordFault('heads', 'the log has keys, and its stream of heads is lost: HEADS_FILE has it');
  return chain;
}

/**
 * Throws unless the log is at least as long as what was signed or reached, and has the roots recorded for those sizes.
 */
export function checkLast(
  reader: LogReader,
  store: LedgerStore,
  chain: HeadChain | undefined,
  reached: Reached | undefined,
): void {
  const last = chain?.last;
  const logSize = reader.head() + 1;
  const points = [last, reached].filter((point) => point !== undefined);
  const size = Math.max(store.size, ...points.map((point) => point.size));
  if (logSize < size) {
    throw new RecordFault('rolled-back', `the log has ${logSize} events and had ${size}`, logSize, size - 1);
  }
  // Makes the tree again where ledger.sqlite was lost.
  growTo(reader, store, size);
  const hasRoots = () => points.every((point) => sameHash(store.rootAt(point.size), point.root));
  if (hasRoots()) return;
  blame(reader, store, chain);
  store.clear();
  growTo(reader, store, size);
  if (!hasRoots())
    throw new RecordFault('altered', 'the log does not give the root of HEADS_FILE', last?.size ?? 0, size - 1);
}

const GROW = 10_000;

export function growTo(reader: LogReader, store: LedgerStore, size: number): void {
  while (store.size < size) {
    const to = Math.min(store.size + GROW, size);
    store.grow(storedLeaves(reader, store.size, to));
  }
}

/**
 * Either the log or its tree is not what it was. Recomputes all of the log: throws naming the first event that its leaf
 * in the tree is not of, where a head says that the tree was right, else the range between two heads. Returns
 * if the log gives every head, so that only the tree is wrong.
 */
function blame(reader: LogReader, store: LedgerStore, chain: HeadChain | undefined): void {
  const all = chain?.last === undefined ? [] : store.heads(chain.last.origin);
  const heads = all.filter((head) => !isDisowned(chain!, head));
  let frontier = EMPTY_FRONTIER;
  let right = 0;
  let suspect: number | undefined;
  const wrong = (head: TreeHead) =>
    new RecordFault(
      // In a mirror a head of another's may be what is wrong.
      suspect === undefined && reader.isMirror() ? 'split-view' : 'altered',
      `the events do not give the root of the head of size ${head.size}`,
      suspect ?? right,
      suspect ?? head.size - 1,
    );
  let next = 0;
  for (const { position, leaf } of openedEvents(reader, 0, heads.at(-1)?.size ?? 0)) {
    const held = store.subtrees(0, position);
    if (held && !sameHash(held, leaf)) suspect ??= position;
    frontier = extend(frontier, [leaf]);
    for (; heads[next]?.size === position + 1; next++) {
      if (!sameHash(rootOf(frontier), heads[next]!.root)) throw wrong(heads[next]!);
      right = position + 1;
      suspect = undefined;
    }
  }
}

/** Recomputes from stored bytes what came after the last head, and compares it with the tree. */
export function checkSinceLastHead(reader: LogReader, store: LedgerStore, from: number): void {
  for (let at = from; at < store.size; at += GROW) {
    const leaves = storedLeaves(reader, at, Math.min(at + GROW, store.size));
    for (const [i, leaf] of leaves.entries()) checkLeaf(store, at + i, leaf);
  }
}

/** Throws unless the tree has this leaf at this position. */
export function checkLeaf(store: LedgerStore, position: number, leaf: Uint8Array): void {
  const held = store.subtrees(0, position);
  if (held && sameHash(held, leaf)) return;
  throw new RecordFault('altered', 'the event is sealed, and is not the one that was recorded here', position);
}
