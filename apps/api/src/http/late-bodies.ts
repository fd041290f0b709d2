import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerMalformedRequest } from './malformed-requests';

interface Arriving {
  readonly since: number;
  readonly response: ServerResponse;
}

/**
 * Bodies that are on their way, for however slowly they come. Node's own limit would end endless NDJSON too, and leaves
 * a client that was refused to send what nobody reads.
 */
export class LateBodies {
  readonly #arriving = new Map<IncomingMessage, Arriving>();

  constructor(
    private readonly patienceMs: number,
    /** Milliseconds that never fall. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** How many are remembered. */
  get size(): number {
    return this.#arriving.size;
  }

  expect(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || (length !== undefined && length !== '0'))
      this.#arriving.set(request, { since: this.elapsed(), response });
  }

  /** It is there. */
  forget(request: IncomingMessage): void {
    this.#arriving.delete(request);
  }

  /** It may take as long as it likes, but for what still comes when it is answered: that nobody reads. */
  awaitAnswer(request: IncomingMessage): void {
    const response = this.#arriving.get(request)?.response;
    this.#arriving.delete(request);
    response?.once('finish', () => request.complete || this.expect(request, response));
  }

  /** Cuts off who has had its time. What has arrived, of requests that were refused before, is forgotten at once. */
  sweep(): void {
    const before = this.elapsed() - this.patienceMs;
    for (const [request, { since, response }] of this.#arriving) {
      const isOver = request.complete || request.socket.destroyed;
      if (!isOver && since > before) continue;
      this.#arriving.delete(request);
      if (isOver) continue;
      if (response.headersSent) request.socket.destroy();
      else answerMalformedRequest(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket);
    }
  }
}
