import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppendRequest, type ExpectedRevision, type NewEvent, streamOf } from '#event-log';
import { type Reader, readerOf } from '../access/caller';
import { Problem } from '../http/problem';
import { parseStrict } from '../http/strict-json';
import { crisisIdOf } from '../http/crisis-id';
import { answerProblem } from '../http/answer-problem';
import { badParameter, onlyKnown, type Query } from '../http/parameters';
import { toProblem } from '../http/to-problem';
import { needs } from '../access/needs';
import type { AppendContext } from './append-context';
import { batchId, idempotencyKeyOf } from './idempotency-key';
import { appendLines } from './append-lines';
import { endOfTurn } from './end-of-turn';
import { APPENDING, requireScope, writerOf } from './may-append';
import { openingElement } from './open-crisis';
import { readElement } from './read-element';
import { receiptOf } from './receipt';
import { traceOf } from './trace';

/**
 * The write side of the API. These are plain Fastify routes, not a Nest controller: they are the hot path,
 * and a controller costs a quarter of their throughput.
 *
 * An answer of 201 or 200 means durable. 200 says the event was there already with the same content.
 */
export function appendRoutes(fastify: FastifyInstance, context: AppendContext): void {
  const errorHandler = answerProblem;
  fastify.post('/v1/crises', { errorHandler, config: needs('crises:open') }, async (request, reply) => {
    requireNoParameters(request);
    requireJson(request);
    requireNoIfMatch(request);
    const { crisisId, element } = openingElement(parseStrict(request.body as Buffer));
    const read = readElement({
      value: element,
      key: idempotencyKeyOf(request),
      index: undefined,
      now: context.clock(),
      opening: true,
      trace: traceOf(request),
    });
    return answer(context, request, reply, crisisId, [read], 'no_stream', false);
  });

  fastify.post('/v1/crises/:crisisId/events', { errorHandler, config: needs(...APPENDING) }, async (request, reply) => {
    requireNoParameters(request);
    const crisisId = crisisIdOf(request);
    const expected = expectedOf(request, context, readerOf(request, crisisId));
    if (isNdjson(request)) return appendLines(request, reply, context, crisisId, expected);
    requireJson(request);
    await endOfTurn();
    const value = parseStrict(request.body as Buffer);
    const atomic = Array.isArray(value);
    return answer(
      context,
      request,
      reply,
      crisisId,
      atomic ? readArray(request, value, context) : [readOne(request, value, context)],
      expected,
      atomic,
    );
  });
}

function readOne(request: FastifyRequest, value: unknown, context: AppendContext): NewEvent {
  const element = readElement({
    value,
    key: idempotencyKeyOf(request),
    index: undefined,
    now: context.clock(),
    opening: false,
    trace: traceOf(request),
  });
  requireScope(request, element);
  return element;
}

function readArray(request: FastifyRequest, elements: readonly unknown[], context: AppendContext): NewEvent[] {
  const key = idempotencyKeyOf(request);
  const trace = traceOf(request);
  const now = context.clock();
  if (elements.length === 0) throw new Problem('malformed-json', 'The array is empty; send at least one event.');
  return elements.map((value, index) => {
    const element = readElement({ value, key: batchId(key, index), index, now, opening: false, trace });
    requireScope(request, element, index);
    return element;
  });
}

async function answer(
  context: AppendContext,
  http: FastifyRequest,
  reply: FastifyReply,
  crisisId: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
  atomic: boolean,
): Promise<FastifyReply> {
  const reader = readerOf(http, crisisId);
  const request: AppendRequest = {
    stream: streamOf(crisisId),
    events,
    expected,
    writer: writerOf(http, crisisId),
  };
  const appended = await context.log
    .append(request)
    .catch((error: unknown) => withCurrent(error, crisisId, context, reader));
  const receipts = appended.map((event) => receiptOf(crisisId, event, context.tokens, reader));
  // The receipts of a whole group are made before the first answer is sent: the caches stay warm, as in endOfTurn.
  await Promise.resolve();
  const { cursor } = receipts.at(-1)!;
  if (cursor !== undefined) void reply.header('etag', `"${cursor}"`);
  return reply
    .code(receipts.every(({ repeated }) => repeated) ? 200 : 201)
    .type('application/json')
    .send(atomic ? `{"events":[${receipts.map(({ text }) => text).join(',')}]}` : receipts[0]!.text);
}

/**
 * `If-Match: "token"`: nothing visible to me since; `If-Match: *` and no header: the crisis exists; `If-None-Match: *`:
 * it does not.
 */
function expectedOf(request: FastifyRequest, context: AppendContext, reader: Reader): ExpectedRevision {
  if (request.headers['if-none-match'] !== undefined) {
    throw new Problem('invalid-parameter', 'If-None-Match opens nothing here; open a crisis with POST /v1/crises.', {
      parameter: 'If-None-Match',
    });
  }
  const ifMatch = request.headers['if-match'];
  if (ifMatch === undefined || ifMatch.trim() === '*') return 'stream_exists';
  const token = /^\s*"([^"]+)"\s*$/.exec(ifMatch)?.[1];
  if (token === undefined)
    throw new Problem('invalid-parameter', 'If-Match takes one quoted ETag, or *.', { parameter: 'If-Match' });
  const { position } = context.tokens.open(token, 'If-Match', { kind: 'point', level: reader.level });
  const seen = context.log.reader.revisionAt(streamOf(crisisIdOf(request)), position);
  // An append with a token must not open a crisis that does not exist: then revision 0 is expected, which cannot be
  // met.
  const isThere = seen >= 0 || context.log.reader.streamHead(streamOf(crisisIdOf(request))) >= 0;
  return { seen: isThere ? seen : 0, level: reader.level };
}

/** An unknown parameter is refused: an event sent with `dryRun=true`, say, must not be stored. */
const requireNoParameters = ({ query }: FastifyRequest): void => onlyKnown(query as Query, []);

/**
 * A precondition that would not be checked is refused. `If-None-Match: *` is allowed: it is what opening means anyway.
 */
function requireNoIfMatch(request: FastifyRequest): void {
  if (request.headers['if-match'] !== undefined)
    throw badParameter('If-Match', 'a crisis that is being opened has no ETag yet.');
}

/** A 412 brings the token with which to try again once what came since has been read. */
async function withCurrent(
  error: unknown,
  crisisId: string,
  context: AppendContext,
  { level }: Reader,
): Promise<never> {
  const problem = toProblem(error, '');
  if (problem.type !== 'precondition-failed') throw error;
  const current = await context.views.ask({ kind: 'latest', crisis: crisisId, level });
  throw new Problem('precondition-failed', problem.detail, { ...problem.extra, current: `"${current}"` });
}

const isNdjson = (request: FastifyRequest): boolean => mediaType(request) === 'application/x-ndjson';

const mediaType = (request: FastifyRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

function requireJson(request: FastifyRequest): void {
  if (mediaType(request) !== 'application/json') {
    throw new Problem(
      'unsupported-media-type',
      `Content-Type is ${mediaType(request) || 'missing'}; send application/json.`,
    );
  }
}
