import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Streams } from '../access/streams';
import { cutWithCredential } from '../access/cut-with-credential';
import { leftBy } from '../http/left-by';

/** Well within the patience of proxies. */
export const HEARTBEAT_MS = 15_000;
/** A connection that accepts nothing for this long is cut; its client can resume where it was. */
const STALL_MS = 60_000;
const RETRY_MS = 1000;

const logger = new Logger('streams');

/**
 * One `text/event-stream` answer. A sender that waits for `room` before each `send` holds at most one batch in memory
 * for a client that does not read.
 */
export class EventStream {
  /** Aborts when the client has left or was cut. */
  readonly ended: AbortSignal;

  private constructor(private readonly reply: FastifyReply) {
    this.ended = leftBy(reply);
  }

  /**
   * Answers with a stream that lasts as long as `send` does. A failure in `send` ends the stream: the client resumes,
   * and meets the failure then, as the answer to a request.
   */
  static async serve(
    streams: Streams,
    request: FastifyRequest,
    reply: FastifyReply,
    send: (stream: EventStream) => Promise<void>,
  ): Promise<void> {
    streams.take(request, reply);
    const stream = EventStream.open(request, reply);
    if (!stream) return;
    try {
      await send(stream);
    } catch (error) {
      logger.warn(`${request.id} ${request.routeOptions.url} ends early: ${(error as Error).message}`);
    } finally {
      reply.raw.end();
    }
  }

  /** Undefined where only the head is asked for, which is then answered. */
  private static open(request: FastifyRequest, reply: FastifyReply): EventStream | undefined {
    reply.hijack();
    const headers = reply.getHeaders() as Record<string, string>;
    // Not chunked: the stream ends with its connection, and each chunk would cost three writes.
    reply.raw.removeHeader('transfer-encoding');
    reply.raw.writeHead(200, {
      ...headers,
      connection: 'close',
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      reply.raw.end();
      return undefined;
    }
    reply.raw.write(`retry: ${RETRY_MS}\n\n`);
    const stream = new EventStream(reply);
    cutWithCredential(request, reply);
    return stream;
  }

  /** Sends at once, whether or not there is room. */
  send(bytes: Buffer | string): void {
    if (!this.ended.aborted) this.#to.write(bytes);
  }

  get hasRoom(): boolean {
    return !this.#to.writableNeedDrain;
  }

  /** Resolves when there is room for more, or the stream has ended. Cuts off a client that has stopped reading. */
  async room(): Promise<void> {
    if (this.ended.aborted || this.hasRoom) return;
    using _stalled = setTimeout(() => this.reply.raw.destroy(), STALL_MS);
    await once(this.#to, 'drain', { signal: this.ended }).catch(() => undefined);
  }

  write(bytes: Buffer | string): Promise<void> {
    this.send(bytes);
    return this.room();
  }

  heartbeat(): void {
    if (this.hasRoom) this.send(':\n\n');
  }

  /** The socket, since the response would hold writes back until the turn ends; a pipelined response has none yet. */
  get #to(): Writable {
    return this.reply.raw.socket ?? this.reply.raw;
  }
}

export const messageOf = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
