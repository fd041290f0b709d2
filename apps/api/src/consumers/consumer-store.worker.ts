import { parentPort, workerData } from 'node:worker_threads';
import { ConsumerStreams } from '#event-log';
import type { StoreReply, StoreRequest } from './consumer-store';

/** A thread of its own: a commit waits for the disk, and nothing else is to wait with it. What comes meanwhile shares the next. */
const port = parentPort!;
const streams = ConsumerStreams.open((workerData as { dataDir: string }).dataDir);
let waiting: Extract<StoreRequest, { kind: 'append' }>[] = [];

port.on('message', (request: StoreRequest) => {
  switch (request.kind) {
    case 'stop':
      if (waiting.length > 0) commit();
      streams.close();
      return port.close();
    case 'read':
      return answer([request], () => [streams.readAfter(request.stream, request.after)]);
    case 'append':
      if (waiting.push(request) === 1) setImmediate(commit);
  }
});

function commit(): void {
  const batch = waiting;
  waiting = [];
  if (batch.length > 0) answer(batch, () => streams.append(batch.map(({ append }) => append)));
}

function answer(requests: readonly { readonly id: number }[], answers: () => unknown[]): void {
  const send = (reply: StoreReply): void => port.postMessage(reply);
  try {
    const all = answers();
    requests.forEach(({ id }, i) => send({ id, answer: all[i] }));
  } catch (error) {
    for (const { id } of requests) send({ id, failure: String(error) });
  }
}
