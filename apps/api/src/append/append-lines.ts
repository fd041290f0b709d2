import { Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExpectedRevision } from '#event-log';
import { streamOf } from '../http/crisis-id';
import { OPEN } from '../http/principal';
import { Problem } from '../http/problem';
import { traceOf } from '../http/request-checks';
import { MAX_BODY_BYTES, parseStrict } from '../http/strict-json';
import { toProblem } from '../http/to-problem';
import type { AppendContext } from './append.route';
import { batchId, idempotencyKeyOf } from './idempotency-key';
import { inOrder } from './in-order';
import { readElement } from './read-element';
import { receiptOf } from './receipt';
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
  const trace = traceOf(request);
  const append = async (line: Line, index: number): Promise<string> => {
    try {
      if (line === undefined) throw new Problem('body-too-large', `The line is longer than ${MAX_BODY_BYTES} bytes.`);
      const { value, text } = parseStrict(line);
      const event = readElement({
        value,
        text,
        key: batchId(key, index),
        index: undefined,
        now: context.clock(),
        opening: false,
        trace,
      });
      const [appended] = await context.log.append({
        stream: streamOf(crisisId),
        events: [event],
        expected,
        writer: { principal: OPEN.name, level: OPEN.level },
      });
      const { repeated, members } = receiptOf(crisisId, appended!, context.tokens, OPEN);
      return `{"line":${index},"status":${repeated ? 200 : 201},${members}}\n`;
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
      Readable.from(
        inOrder(splitLines(request.body as Readable, MAX_BODY_BYTES), append, bytesInFlight, MAX_BYTES_IN_FLIGHT),
        { objectMode: false },
      ),
    );
}

const bytesInFlight = (line: Line): number => (line?.length ?? 0) + BYTES_PER_RESULT;
