import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '#event-log';
import { Projector, ViewStore } from '#projections';
import { BUILD } from '../build';
import { Tokens } from '../http/tokens';
import { toProblem } from '../http/to-problem';
import { ANSWERS } from './answers';
import type { ReadRequest, Reply, WorkerSettings } from './read-request';
import type { ReadContext } from './read-context';

/** How often the projections look for new events while nobody asks. */
const IDLE_MS = 250;
/** A question waits for what is missing: a few seconds for this many events. */
const FAR_BEHIND = 100_000;

const { dataDir, tokenKeys, logId } = workerData as WorkerSettings;
const port = parentPort!;
const log = openReader(dataDir);
const store = ViewStore.open(dataDir, logId, BUILD);
const projector = new Projector(log, store);
const context: ReadContext = {
  log,
  store,
  projector,
  tokens: new Tokens(
    tokenKeys.map((key) => Buffer.from(key)),
    logId,
  ),
};

port.on('message', ({ id, request }: { id: number; request: ReadRequest }) => {
  if (request.kind === 'stop') stop();
  else void answer(id, request).then((reply) => port.postMessage(reply));
});

/** Every answer reflects the whole log at the time of asking, as long as the disk has room for the views. */
async function answer(id: number, request: Exclude<ReadRequest, { kind: 'stop' }>): Promise<Reply> {
  try {
    catchUp();
    return { id, body: await ANSWERS[request.kind](context, request as never) };
  } catch (error) {
    const { type, detail, extra, headers } = toProblem(error, '');
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return type === 'internal' ? { id, failure } : { id, failure, problem: { type, detail, extra, headers } };
  }
}

const SQLITE_FULL = 13;

/**
 * On a full disk reads go on at the last point that the views have reached. Each answer names its point, and
 * whoever needs a later one (`atLeast`, 412) asks for it and is told.
 */
function catchUp(): void {
  try {
    projector.catchUp(log.head());
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_FULL) throw error;
  }
}

/**
 * Keeps up while nobody asks, a batch at a time, so that the next question does not have to wait. While
 * appends come in it leaves the processor to them, unless it has fallen far behind.
 */
async function keepUp(): Promise<void> {
  try {
    const quiet = () => log.head() === lastHead || log.head() - store.checkpoint() > FAR_BEHIND;
    while (quiet() && projector.step(log.head())) await turn();
    lastHead = log.head();
  } catch (error) {
    // The next question meets the same failure and reports it to whoever asked.
    console.error('the projections cannot keep up:', error);
  }
  idle = setTimeout(() => void keepUp(), IDLE_MS);
}

let lastHead = -1;
let idle = setTimeout(() => void keepUp(), IDLE_MS);

function stop(): void {
  clearTimeout(idle);
  store.close();
  log.close();
  process.exit(0);
}
