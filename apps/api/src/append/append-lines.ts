import { Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExpectedRevision } from '#event-log';
import { streamOf } from '../http/crisis-id';
import { OPEN } from '../http/principal';
import { Problem } from '../http/problem';
import { correlationOf } from '../http/request-checks';
import { MAX_BODY_BYTES, parseStrict } from '../http/strict-json';
import { toProblem } from '../http/to-problem';
import type { AppendContext } from './append.route';
import { batchId, idempotencyKeyOf } from './idempotency-key';
import { inOrder } from './in-order';
import { readElement } from './read-element';
import { receiptOf } from './receipt';

/** Lines whose results are outstanding. Bounds memory and lets the log commit in groups. */
const MAX_LINES_IN_FLIGHT = 2048;
const NEWLINE = 0x0a;

/**
 * An NDJSON append: each line is an event of its own, decided in order, answered by one line
 * `{line, status, …receipt}` or `{line, status, problem}` that is written when the event is durable. A
 * refused line does not stop the ones after it. The request may be endless; a client that sends without
 * reading is slowed down, never buffered for.
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
  const key = idempotencyKeyOf(request);
  const correlation = correlationOf(request);
  const append = async (line: Line, index: number): Promise<string> => {
    try {
      if (line === undefined)
        throw new Problem(
          'body-too-large',
          `The line is longer than ${MAX_BODY_BYTES} bytes; the lines after it were not read.`,
        );
      const { value, text } = parseStrict(line);
      const event = readElement({
        value,
        text,
        key: batchId(key, index),
        index: undefined,
        now: context.clock(),
        opening: false,
        ...correlation,
      });
      const [appended] = await context.log.append({
        stream: streamOf(crisisId),
        events: [event],
        expected,
        writer: { principal: OPEN.name, level: OPEN.level },
      });
      const { repeated, ...receipt } = receiptOf(crisisId, appended!, context.tokens, OPEN);
      return JSON.stringify({ line: index, status: repeated ? 200 : 201, ...receipt }) + '\n';
    } catch (error) {
      const problem = toProblem(error, request.id);
      if (problem.type === 'internal')
        new Logger('append').error(`${request.id} line ${index}: ${(error as Error).stack ?? String(error)}`);
      return JSON.stringify({ line: index, status: problem.status, problem }) + '\n';
    }
  };
  return reply
    .type('application/x-ndjson')
    .send(
      Readable.from(inOrder(splitLines(request.body as Readable), append, MAX_LINES_IN_FLIGHT), { objectMode: false }),
    );
}

/** One line's bytes; undefined for one that is longer than a body may be. */
type Line = Buffer | undefined;

/** The complete lines of each chunk, empty ones left out. An overlong line is the last one read. */
async function* splitLines(body: Readable): AsyncGenerator<Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (end > start) lines.push(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (lines.length > 0) yield lines;
    if (rest.length > MAX_BODY_BYTES) {
      yield [undefined];
      return;
    }
  }
  if (rest.length > 0) yield [rest];
}
