import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerMalformedRequest } from './malformed-requests';

interface Arriving {
  readonly since: number;
  readonly response: ServerResponse;
}

/**
 * Limits how long a body may take to arrive. Node's own limit would end an endless NDJSON upload as well, and would let
 * a client that was refused go on sending what nobody reads.
 */
export class LateBodies {
  readonly #arriving = new Map<IncomingMessage, Arriving>();

  constructor(
    private readonly patienceMs: number,
    /** A monotonic clock, milliseconds. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** How many bodies are awaited. */
  get size(): number {
    return this.#arriving.size;
  }

  expect(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || (length !== undefined && length !== '0'))
      this.#arriving.set(request, { since: this.elapsed(), response });
  }

  /** The body has arrived. */
  forget(request: IncomingMessage): void {
    this.#arriving.delete(request);
  }

  /** The body may take any time until the request is answered; what still comes then, nobody reads, and is timed. */
  awaitAnswer(request: IncomingMessage): void {
    const response = this.#arriving.get(request)?.response;
    this.#arriving.delete(request);
    response?.once('finish', () => request.complete || this.expect(request, response));
  }

  /** Cuts off those that are late, and forgets those whose request is complete or whose connection has closed. */
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
