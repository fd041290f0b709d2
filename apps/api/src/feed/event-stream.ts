import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Streams } from '../access/streams';
import { cutWithCredential } from '../http/cut-with-credential';
import { leftBy } from '../http/left-by';

/** Well within the patience of proxies. */
export const HEARTBEAT_MS = 15_000;
/** A connection that takes nothing for so long is cut; its client resumes where it was. */
const STALL_MS = 60_000;
const RETRY_MS = 1000;

const logger = new Logger('streams');

/**
 * One `text/event-stream` answer. Who waits for `room` before each `send` keeps at most one batch in memory for a client
 * that does not read.
 */
export class EventStream {
  /** Aborts when the client has left or was cut. */
  readonly ended: AbortSignal;

  private constructor(private readonly reply: FastifyReply) {
    this.ended = leftBy(reply);
  }

  /**
   * Answers with a stream for as long as `send` goes on. A failure in it ends the stream: its client comes back to
   * where it was, and is told then.
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
    // In one piece and at once: a stream ends with its connection, so it needs no chunks, each of which is three writes.
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

  /** Sends what is ready; when there is room for more, `room` resolves. */
  send(bytes: Buffer | string): void {
    if (!this.ended.aborted) this.#to.write(bytes);
  }

  get hasRoom(): boolean {
    return !this.#to.writableNeedDrain;
  }

  /** Gives up on a client that has stopped reading. */
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

  /** The response would hold it back until the turn ends. It has no socket while an earlier one on the connection lasts. */
  get #to(): Writable {
    return this.reply.raw.socket ?? this.reply.raw;
  }
}

export const messageOf = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
