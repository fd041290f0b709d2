import { parentPort, workerData } from 'node:worker_threads';
import { openRecordHeads, openReader } from '#event-log';
import { crisisBundle, Notary, RecordFault, UnusableKey } from '#notary';
import { Problem, retryAfter } from '../http/problem';
import { Complaint } from '../worker/complaint';
import { failed } from '../worker/worker-reply';
import { Pace } from './pace';
import { answerConsistency, answerHead, answerInclusion } from './answer-proofs';
import type {
  BundleRequest,
  Fault,
  NotaryAnswer,
  NotaryRequest,
  NotarySettings,
  NotaryWarning,
} from './notary-request';

/** How often the notary looks for new events, and goes on with what is older, while nobody asks. */
const IDLE_MS = 100;
/** Events recomputed at a time: some ten milliseconds, after which questions and appends have their turn. */
const SLICE = 200;
/** Recomputing what is old takes this part of one processor. */
const SWEEP_SHARE = 0.2;
const MAX_OPEN_BUNDLES = 16;
const CHUNK_CHARS = 256 * 1024;

const { dataDir, headsFile, record } = workerData as NotarySettings;
const port = parentPort!;
const send = (message: NotaryAnswer | NotaryWarning): void => port.postMessage(message);
const reader = openReader(dataDir);
const bundles = new Map<number, Generator<string>>();
let nextBundle = 0;
const pace = new Pace();
const complaint = new Complaint('the notary cannot keep up:');
let sweeps = true;
let timer: NodeJS.Timeout | undefined;

const notary = opened();

function opened(): Notary {
  try {
    return Notary.open({ dataDir, reader, headsFile, record: record && openRecordHeads(reader, record) });
  } catch (error) {
    // As a message it might come after the end of this thread.
    throw Object.assign(error as Error, { fault: faultOf(error) });
  }
}

function faultOf(error: unknown): Fault | undefined {
  if (error instanceof UnusableKey) return { kind: 'key', message: error.message };
  if (!(error instanceof RecordFault)) return undefined;
  const { message, position, to, kind } = error;
  return { message, position, to, kind: kind === 'split-view' ? kind : 'record' };
}

/** A fault is told to whoever serves; from then on nothing is. */
function report(error: unknown): void {
  const fault = faultOf(error);
  if (fault) send({ fault });
}

port.on('message', ({ id, request }: { id: number; request: NotaryRequest }) => {
  if (request.kind === 'stop') return void stop();
  answer(request).then(
    (body) => send({ id, body }),
    (error: unknown) => {
      report(error);
      port.postMessage(failed(id, error));
    },
  );
});

async function answer(request: Exclude<NotaryRequest, { kind: 'stop' }>): Promise<string> {
  switch (request.kind) {
    case 'ready':
      return String(notary.chain?.epoch ?? 0);
    case 'head':
      return answerHead(notary);
    case 'inclusion':
      return answerInclusion(notary, request);
    case 'consistency':
      return answerConsistency(notary, request);
    case 'bundle':
      return String(openBundle(request));
    case 'lines':
      return linesOf(request.bundle);
    case 'drop':
      bundles.delete(request.bundle);
      return '';
  }
}

function openBundle({ crisis, head: revision, hidden, without }: BundleRequest): number {
  if (bundles.size >= MAX_OPEN_BUNDLES)
    throw new Problem('busy', `${MAX_OPEN_BUNDLES} bundles are being written.`, {}, retryAfter(1));
  const { store, chain, signer } = notary;
  const head = notary.signedHead(revision);
  if (!chain || !signer || !head) throw new Problem('no-tree-head', 'This instance does not sign.');
  const source = { reader, store, chain, head, key: signer };
  bundles.set(nextBundle, crisisBundle(source, { crisis, hidden: new Set(hidden), without }));
  return nextBundle++;
}

function linesOf(bundle: number): string {
  let text = '';
  const lines = bundles.get(bundle);
  while (lines && text.length < CHUNK_CHARS) {
    const { value, done } = lines.next() as IteratorResult<string, undefined>;
    if (done) {
      bundles.delete(bundle);
      break;
    }
    text += `${value}\n`;
  }
  return text;
}

/** Takes in what came when it is its turn, signs what is due, and goes on with what is older, a piece at a time. */
async function work(): Promise<void> {
  let waitMs = IDLE_MS;
  try {
    const started = performance.now();
    const tookMs = (): number => performance.now() - started;
    const head = reader.head();
    if (pace.isTurn(head, notary.store.size, started)) {
      const grew = await notary.advance(Date.now());
      if (notary.store.size > head) pace.caughtUp();
      if (grew) complaint.over();
      // As long as it has worked it leaves the processor to the appends.
      if (grew) waitMs = tookMs();
      else if (sweeps && (sweeps = notary.sweep(SLICE))) waitMs = tookMs() * (1 / SWEEP_SHARE - 1);
    }
  } catch (error) {
    report(error);
    if (error instanceof RecordFault) return;
    // The disk is full, say: the next time it may go well.
    complaint.of(error);
  }
  timer = setTimeout(() => void work(), waitMs);
}

void work();

async function stop(): Promise<void> {
  clearTimeout(timer);
  try {
    await notary.settle(Date.now(), 0);
  } catch (error) {
    report(error);
    if (!(error instanceof RecordFault)) complaint.of(error);
  }
  notary.close();
  reader.close();
  process.exit(0);
}
