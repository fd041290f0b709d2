import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../http/problem';
import { failed } from '../worker-reply';

/** Does what it is told, for the spec of whoever asks. */
export type Told =
  | { readonly kind: 'ready' | 'die' | 'hold' | 'speak' | 'stop' }
  | { readonly kind: 'repeat'; readonly text: string }
  | { readonly kind: 'refuse' | 'fail'; readonly detail: string };

const { broken = false, clumsy = false } = workerData as { broken?: boolean; clumsy?: boolean };
if (broken) throw new Error('cannot begin');

parentPort!.on('message', ({ id, request }: { id: number; request: Told }) => {
  switch (request.kind) {
    case 'ready':
      return parentPort!.postMessage({ id, text: 'ready' });
    case 'repeat':
      return parentPort!.postMessage({ id, text: request.text });
    case 'refuse':
      return parentPort!.postMessage(
        failed(id, new Problem('invalid-parameter', request.detail, {}, { 'x-why': 'told' })),
      );
    case 'fail':
      return parentPort!.postMessage(failed(id, new Error(request.detail)));
    case 'speak':
      parentPort!.postMessage({ said: 'unasked' });
      return parentPort!.postMessage({ id, text: 'spoken' });
    case 'hold':
      return;
    case 'stop':
      if (clumsy) throw new Error('cannot end');
      process.exit(0);
    case 'die':
      process.exit(0);
  }
});
