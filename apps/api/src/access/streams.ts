import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, isOpenCaller } from './caller';
import { Problem, retryAfter } from '../http/problem';

/** How many one principal may have open: each holds a connection and memory for as long as its client likes. */
const MAX_OF_PRINCIPAL = 5;
/** How many the whole server may have open. */
const MAX_STREAMS = 5_000;

/** Counts the answers that last until their connection closes. */
export class Streams {
  readonly #ofPrincipal = new Map<string, number>();
  #open = 0;

  constructor(private readonly max = MAX_STREAMS) {}

  get open(): number {
    return this.#open;
  }

  /** Counts one more, until its connection closes. @throws Problem when its principal, or the server, has enough */
  take(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#open >= this.max) throw new Problem('busy', `${this.max} streams are open.`, {}, retryAfter(10));
    const caller = callerOf(request);
    // Its `close` event has passed already: counted now, it would be counted for ever.
    if (reply.raw.destroyed) return;
    // Everyone who reaches an open server is that principal.
    if (!isOpenCaller(caller)) this.#takeOf(caller.name, reply);
    this.#open++;
    reply.raw.once('close', () => this.#open--);
  }

  #takeOf(name: string, reply: FastifyReply): void {
    const count = this.#ofPrincipal.get(name) ?? 0;
    if (count >= MAX_OF_PRINCIPAL)
      throw new Problem('too-many-requests', `${name} has ${MAX_OF_PRINCIPAL} streams open.`, {}, retryAfter(5));
    this.#ofPrincipal.set(name, count + 1);
    reply.raw.once('close', () => {
      const left = this.#ofPrincipal.get(name)! - 1;
      if (left === 0) this.#ofPrincipal.delete(name);
      else this.#ofPrincipal.set(name, left);
    });
  }
}
