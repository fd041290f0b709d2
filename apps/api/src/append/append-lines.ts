import { Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppendedEvent, AppendRequest, ExpectedRevision } from '#event-log';
import { takeStream } from '../access/streams';
import { streamOf } from '../http/crisis-id';
import { endedOf, readerOf } from '../http/principal';
import { Problem } from '../http/problem';
import { traceOf } from '../http/request-checks';
import { MAX_BODY_BYTES, parseStrict } from '../http/strict-json';
import { toProblem } from '../http/to-problem';
import type { AppendContext } from './append.route';
import { batchId, idempotencyKeyOf } from './idempotency-key';
import { inOrder } from './in-order';
import { requireScope, writerOf } from './may-append';
import { readElement } from './read-element';
import { membersOf } from './receipt';
import { type Line, splitLines } from './split-lines';

/** Of lines whose results are outstanding or unread. Bounds memory, and is enough for the log to commit in groups. */
const MAX_BYTES_IN_FLIGHT = 4 * 1024 * 1024;
/** What a line takes beside its own bytes until its result is sent. */
const BYTES_PER_RESULT = 1024;

/**
 * An NDJSON append: each line is an event of its own, decided in order, answered by one line
 * `{line, status, …receipt}` or `{line, status, problem}` that is written when the event is durable. A
 * refused line does not stop the ones after it. The request may be endless; a client that sends without
 * reading is slowed down, never buffered for.
 *
 * Of receipts that are written together only the last bears a cursor: it covers those before it.
 */
export function appendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  context: AppendContext,
  crisisId: string,
  expected: ExpectedRevision,
): FastifyReply {
  if (expected !== 'stream_exists') {
    throw new Problem(
      'invalid-parameter',
      'If-Match cannot guard lines that are decided one by one; send an atomic array.',
      { parameter: 'If-Match' },
    );
  }
  takeStream(request, reply);
  const key = idempotencyKeyOf(request);
  const trace = traceOf(request);
  const principal = readerOf(request, crisisId);
  const writer = writerOf(principal);
  const ended = endedOf(request);
  const read = (line: Line, index: number): AppendRequest => {
    if (ended.aborted) throw new Problem('unauthenticated', 'The credential has ended.');
    if (line === undefined) throw new Problem('body-too-large', `The line is longer than ${MAX_BODY_BYTES} bytes.`);
    const now = context.clock();
    const value = parseStrict(line);
    const event = readElement({ value, key: batchId(key, index), index: undefined, now, opening: false, trace });
    requireScope(request, event);
    return { stream: streamOf(crisisId), events: [event], expected, writer };
  };
  const refusal = (error: unknown, index: number): Problem => {
    const problem = toProblem(error, request.id);
    if (problem.type === 'internal')
      new Logger('append').error(`${request.id} line ${index}: ${(error as Error).stack ?? String(error)}`);
    return problem;
  };
  // No async function: it would keep the line and what was read of it until the answer, and thousands are outstanding.
  const append = (line: Line, index: number): Promise<Result> => {
    try {
      return context.log.append(read(line, index)).then(first, (error: unknown) => refusal(error, index));
    } catch (error) {
      return Promise.resolve(refusal(error, index));
    }
  };
  const lines = splitLines(request.body as Readable, MAX_BODY_BYTES);
  const results = inOrder(lines, append, bytesInFlight, MAX_BYTES_IN_FLIGHT);
  const texts = textsOf(results, (event, withCursor) =>
    membersOf(crisisId, event, context.tokens, principal, withCursor),
  );
  return reply.type('application/x-ndjson').send(Readable.from(texts, { objectMode: false }));
}

type Result = AppendedEvent | Problem;

const first = ([event]: readonly AppendedEvent[]): AppendedEvent => event!;

async function* textsOf(
  batches: AsyncIterable<Result[]>,
  members: (event: AppendedEvent, withCursor: boolean) => string,
): AsyncGenerator<string> {
  let line = 0;
  for await (const batch of batches) {
    const last = batch.findLastIndex((result) => !(result instanceof Problem));
    const first = line;
    line += batch.length;
    yield batch
      .map((result, i) =>
        result instanceof Problem
          ? `${JSON.stringify({ line: first + i, status: result.status, problem: result })}\n`
          : `{"line":${first + i},"status":${result.repeated ? 200 : 201},${members(result, i === last)}}\n`,
      )
      .join('');
  }
}

const bytesInFlight = (line: Line): number => (line?.length ?? 0) + BYTES_PER_RESULT;
