import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '#event-log';
import { foldCrises } from './fold-crises';

export interface CrisesToFold {
  readonly dataDir: string;
  readonly streams: readonly string[];
}

const { dataDir, streams } = workerData as CrisesToFold;
const reader = openReader(dataDir);
parentPort!.once('message', () => {
  const events = foldCrises(reader, streams);
  reader.close();
  parentPort!.postMessage(events);
});
