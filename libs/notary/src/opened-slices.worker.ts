import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '#event-log';
import type { OpenedSlice, Slice } from './opened-slices';
import { RecordFault } from './record-fault';
import { openedEvents } from './stored-leaves';

const reader = openReader(workerData as string);

parentPort!.on('message', (slice: Slice) => parentPort!.postMessage(opened(slice)));

function opened({ from, to }: Slice): OpenedSlice {
  try {
    return { leaves: Buffer.concat(Array.from(openedEvents(reader, from, to), ({ leaf }) => leaf)) };
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    const { kind, detail, position, to: end } = error;
    return { fault: { kind, detail, position, to: end } };
  }
}
