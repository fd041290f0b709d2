import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogReader } from '#event-log';
import { type Hash, HASH_BYTES } from '#ledger';
import { faultOf, type PlainFault } from './record-fault';
import { openedEvents } from './stored-leaves';

/** What a thread is asked: the events from a position to another (exclusive). */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** The leaves of a slice, one after the other, or the fault of the first event that does not verify. */
export type OpenedSlice = { readonly leaves: Uint8Array } | { readonly fault: PlainFault };

const SLICE = 4_096;
/** More threads than this would wait for the disk. */
const MAX_THREADS = 8;

/**
 * The leaves of all events below a position, in order, a slice at a time, each event opened as `openedEvents` does: by
 * as many threads as there are processors, as no event needs another. A log of one slice is opened here, without a
 * thread. Throws a RecordFault at the first event that does not hold.
 */
export async function* openedSlices(reader: LogReader, to: number): AsyncGenerator<readonly Hash[]> {
  const slices = slicesBelow(to);
  if (slices.length < 2) {
    for (const slice of slices) yield Array.from(openedEvents(reader, slice.from, slice.to), ({ leaf }) => leaf);
    return;
  }
  const threads = Math.min(availableParallelism(), MAX_THREADS, slices.length);
  const workers = Array.from({ length: threads }, () => openerOf(reader.dataDir));
  try {
    const answers = workers.map((worker, i) => ask(worker, slices[i]!));
    for (let i = 0; i < slices.length; i++) {
      const turn = i % threads;
      const opened = await answers[turn]!;
      const next = slices[i + threads];
      if (next) answers[turn] = ask(workers[turn]!, next);
      if ('fault' in opened) throw faultOf(opened.fault);
      yield hashesIn(opened.leaves);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const slicesBelow = (to: number): Slice[] =>
  Array.from({ length: Math.ceil(to / SLICE) }, (_, i) => ({ from: i * SLICE, to: Math.min((i + 1) * SLICE, to) }));

/** Little of what a slice needs outlives it: with the room that V8 takes by itself a thread would keep 100 MiB. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

const openerOf = (dataDir: string): Worker =>
  new Worker(join(__dirname, 'opened-slices.worker.js'), { workerData: dataDir, resourceLimits });

/** One question at a time: the next message is its answer. */
function ask(worker: Worker, slice: Slice): Promise<OpenedSlice> {
  worker.postMessage(slice);
  const answer = once(worker, 'message').then(([opened]) => opened as OpenedSlice);
  // Where an earlier slice fails, nobody waits for this one.
  answer.catch(() => undefined);
  return answer;
}

const hashesIn = (bytes: Uint8Array): Hash[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
