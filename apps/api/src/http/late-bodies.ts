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
  /** Oldest first. */
  readonly #arriving = new Map<IncomingMessage, Arriving>();

  constructor(
    private readonly patienceMs: number,
    /** Milliseconds that never fall. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  expect(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || (length !== undefined && length !== '0'))
      this.#arriving.set(request, { since: this.elapsed(), response });
  }

  /** It is there, or may take as long as it likes. */
  forget(request: IncomingMessage): void {
    this.#arriving.delete(request);
  }

  /** Cuts off who has had its time. What has arrived, of requests that were refused before, is let go. */
  sweep(): void {
    const before = this.elapsed() - this.patienceMs;
    for (const [request, { since, response }] of this.#arriving) {
      if (since > before) return;
      this.#arriving.delete(request);
      if (request.complete || request.socket.destroyed) continue;
      if (response.headersSent) request.socket.destroy();
      else answerMalformedRequest(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket);
    }
  }
}
