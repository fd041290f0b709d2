import { Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type AppendedEvent, EventLogError, type NewEvent, type Outcome, streamOf, type Writer } from '#event-log';
import { whyNotServed } from '../audit/notary-engine';
import { endedOf } from '../access/caller';
import { Problem } from '../http/problem';
import { MAX_BODY_BYTES, parseStrict } from '../http/strict-json';
import { toProblem } from '../http/to-problem';
import type { AppendContext } from './append-context';
import { batchId, idempotencyKeyOf } from './idempotency-key';
import { requireScope, writerOf } from './may-append';
import { readElement } from './read-element';
import type { Line } from './split-lines';
import { type Trace, traceOf } from './trace';

/** Lines that are read one after the other, and appended together. */
export interface Batch {
  /** The place of its first line in the request. */
  readonly first: number;
  readonly lines: readonly Line[];
}

export type Result = AppendedEvent | Problem;

/** Reads the lines of one request and appends them, each an event of its own. */
export class LineAppender {
  private readonly stream: string;
  private readonly writer: Writer;
  private readonly key: string | undefined;
  private readonly trace: Trace;
  private readonly ended: AbortSignal;

  constructor(
    private readonly request: FastifyRequest,
    private readonly context: AppendContext,
    crisisId: string,
  ) {
    this.stream = streamOf(crisisId);
    this.writer = writerOf(request, crisisId);
    this.key = idempotencyKeyOf(request);
    this.trace = traceOf(request);
    this.ended = endedOf(request);
  }

  /**
   * What became of each line, in their order. Not an async function: that would hold the lines and the parsed events in
   * memory until the answer, and many are outstanding.
   */
  append({ first, lines }: Batch): Promise<Result[]> {
    const read = lines.map((line, i) => this.read(line, first + i));
    const events = read.filter((event): event is NewEvent => !(event instanceof Problem));
    const refusals = read.map((event) => (event instanceof Problem ? event : undefined));
    return this.appendEach(events).then(
      (outcomes) => {
        let next = 0;
        return refusals.map((refusal, i) => refusal ?? this.resultOf(outcomes[next++]!, first + i));
      },
      (error: unknown) => refusals.map((refusal, i) => refusal ?? this.refusal(error, first + i)),
    );
  }

  private appendEach(events: readonly NewEvent[]): Promise<readonly Outcome[]> {
    const { stream, writer } = this;
    if (events.length === 0) return Promise.resolve([]);
    return this.context.log.appendEach({ stream, events, expected: 'stream_exists', writer });
  }

  private read(line: Line, index: number): NewEvent | Problem {
    try {
      const { fault } = this.context.notary;
      if (fault) throw whyNotServed(fault);
      if (this.ended.aborted) throw new Problem('unauthenticated', 'The credential has ended.');
      if (line === undefined) throw new Problem('body-too-large', `The line is longer than ${MAX_BODY_BYTES} bytes.`);
      const key = batchId(this.key, index);
      const now = this.context.clock();
      const value = parseStrict(line);
      const event = readElement({ value, key, index: undefined, now, opening: false, trace: this.trace });
      requireScope(this.request, event);
      return event;
    } catch (error) {
      return this.refusal(error, index);
    }
  }

  private resultOf(outcome: Outcome, index: number): Result {
    return outcome instanceof EventLogError ? this.refusal(outcome, index) : outcome;
  }

  private refusal(error: unknown, index: number): Problem {
    const problem = toProblem(error, this.request.id);
    if (problem.type === 'internal')
      new Logger('append').error(`${this.request.id} line ${index}: ${(error as Error).stack ?? String(error)}`);
    return problem;
  }
}
