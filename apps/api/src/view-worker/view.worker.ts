import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '#event-log';
import { Projector, ViewStore } from '#projections';
import { BUILD } from '../build';
import { Tokens } from '../http/tokens';
import { toProblem } from '../http/to-problem';
import type { Problem } from '../http/problem';
import { Complaint } from '../worker/complaint';
import { failed, type Failed } from '../worker/worker-reply';
import { viewsBehind } from './answer-reached';
import { redIn } from './red-in';
import { ANSWERS } from './answers';
import type { Answered, ReadRequest, WorkerSettings } from './read-request';
import type { ReadContext } from './read-context';

/** How often the projections look for new events while nobody asks. */
const IDLE_MS = 250;
/** Past this lag it works all the same: a question would have to wait for it, some seconds for this many events. */
const FAR_BEHIND = 100_000;

const { dataDir, tokenKeys, logId, epoch } = workerData as WorkerSettings;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const port = parentPort!;
const log = openReader(dataDir);
const store = ViewStore.open(dataDir, log, BUILD);
const projector = new Projector(log, store);
const context: Omit<ReadContext, 'hasCaughtUp'> = {
  log,
  store,
  projector,
  origin: log.genesis().origin,
  tokens: new Tokens(
    tokenKeys.map((key) => Buffer.from(key)),
    logId,
    epoch,
  ),
};

port.on('message', ({ id, request }: { id: number; request: ReadRequest }) => {
  if (request.kind === 'stop') stop();
  else void answer(id, request).then((reply) => port.postMessage(reply));
});

/** Every answer reflects the whole log at the time of asking, as long as the disk has room for the views. */
async function answer(id: number, request: Exclude<ReadRequest, { kind: 'stop' }>): Promise<Answered | Failed> {
  let hasCaughtUp = true;
  try {
    hasCaughtUp = catchUp();
    const body = await ANSWERS[request.kind]({ ...context, hasCaughtUp }, request as never);
    const red = redIn(context, request);
    return red.length === 0 ? { id, body } : { id, body, red };
  } catch (error) {
    startAnewIfDamaged(error);
    return failed(id, error, (reason) => (hasCaughtUp ? toProblem(reason, '') : behindOr(toProblem(reason, ''))));
  }
}

/**
 * On a full disk reads go on at the last point that the views have reached. Each answer names its point, and
 * whoever needs a later one (`atLeast`, 412) asks for it and is told.
 */
function catchUp(): boolean {
  try {
    projector.catchUp(log.head());
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_FULL) throw error;
    return false;
  }
}

/** While the views lag, "not found" may be wrong, so it is not said. */
const behindOr = (problem: Problem): Problem => (problem.status === 404 ? viewsBehind() : problem);

/** The store is a cache: one that the disk has damaged is thrown away, and the next worker builds it from the log. */
function startAnewIfDamaged(error: unknown): void {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  if ((errcode & 0xff) !== SQLITE_CORRUPT || store.isSound()) return;
  console.error(`the stored views are damaged (${message}) and are built anew`);
  store.discard();
  process.exit(1);
}

/**
 * Keeps up while nobody asks, a batch at a time, so that the next question does not have to wait. While
 * appends come in it leaves the processor to them, unless it has fallen far behind.
 */
async function keepUp(): Promise<void> {
  try {
    const quiet = () => log.head() === lastHead || log.head() - store.checkpoint() > FAR_BEHIND;
    while (quiet() && projector.step(log.head())) {
      complaint.over();
      await turn();
    }
    lastHead = log.head();
  } catch (error) {
    startAnewIfDamaged(error);
    // Whoever asks next meets the same failure and is told.
    complaint.of(error);
  }
  idle = setTimeout(() => void keepUp(), IDLE_MS);
}

const complaint = new Complaint('the projections cannot keep up:');
let lastHead = -1;
let idle = setTimeout(() => void keepUp(), IDLE_MS);

function stop(): void {
  clearTimeout(idle);
  store.close();
  log.close();
  process.exit(0);
}
