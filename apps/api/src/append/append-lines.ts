import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppendedEvent, ExpectedRevision } from '#event-log';
import { readerOf } from '../access/caller';
import { Problem } from '../http/problem';
import { MAX_BODY_BYTES } from '../http/strict-json';
import type { AppendContext } from './append-context';
import { inOrder } from './in-order';
import { type Batch, LineAppender, type Result } from './line-appender';
import { membersOf } from './receipt';
import { type Line, splitLines } from './split-lines';

/**
 * No further batch is begun while lines whose results are outstanding or unread take this much. Bounds memory, yet lets
 * the log commit in groups.
 */
const MAX_BYTES_IN_FLIGHT = 4 * 1024 * 1024;
/** Memory that a line takes besides its own bytes until its result is sent. */
const BYTES_PER_RESULT = 1024;
/** Many enough to share the cost of an append, few enough that the writer works while the next batch is read. */
const LINES_PER_BATCH = 100;

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
  context.streams.take(request, reply);
  const reader = readerOf(request, crisisId);
  const appender = new LineAppender(request, context, crisisId);
  const batches = batchesOf(splitLines(request.body as Readable, MAX_BODY_BYTES));
  const results = inOrder(batches, (batch) => appender.append(batch), bytesInFlight, MAX_BYTES_IN_FLIGHT);
  const texts = textsOf(results, (event, withCursor) => membersOf(crisisId, event, context.tokens, reader, withCursor));
  return reply.type('application/x-ndjson').send(Readable.from(texts, { objectMode: false }));
}

/** A batch is not waited for until it is full: it holds what has arrived. */
async function* batchesOf(arrivals: AsyncIterable<readonly Line[]>): AsyncGenerator<Batch> {
  let first = 0;
  for await (const lines of arrivals) {
    for (let i = 0; i < lines.length; i += LINES_PER_BATCH)
      yield { first: first + i, lines: lines.slice(i, i + LINES_PER_BATCH) };
    first += lines.length;
  }
}

async function* textsOf(
  finished: AsyncIterable<readonly (readonly Result[])[]>,
  members: (event: AppendedEvent, withCursor: boolean) => string,
): AsyncGenerator<string> {
  let line = 0;
  for await (const batches of finished) {
    const results = batches.flat();
    const last = results.findLastIndex((result) => !(result instanceof Problem));
    const first = line;
    line += results.length;
    yield results
      .map((result, i) =>
        result instanceof Problem
          ? `${JSON.stringify({ line: first + i, status: result.status, problem: result })}\n`
          : `{"line":${first + i},"status":${result.repeated ? 200 : 201},${members(result, i === last)}}\n`,
      )
      .join('');
  }
}

const bytesInFlight = ({ lines }: Batch): number =>
  lines.reduce((bytes, line) => bytes + (line?.length ?? 0) + BYTES_PER_RESULT, 0);
