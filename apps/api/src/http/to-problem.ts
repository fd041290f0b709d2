import type { FastifyReply } from 'fastify';
import { InvalidEvent } from '#catalogue';
import { crisisOf, EventLogError, type Failure } from '#event-log';
import { ForeignEvent } from '#notary';
import { models, UnknownModel, ViewParked } from '#projections';
import { Problem, retryAfter, type ProblemType } from './problem';
import { MAX_BODY_BYTES } from './strict-json';

/** Any failure as the problem that its client may see. One that was not foreseen is `internal` and tells no details. */
export function toProblem(error: unknown, instance: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidEvent) return invalidEvent(error);
  const refused = error instanceof EventLogError && refusal(error as EventLogError & Failure);
  if (refused) return refused;
  if (error instanceof ViewParked)
    return new Problem('view-parked', error.message, { eventId: error.eventId }, retryAfter(60));
  if (error instanceof ForeignEvent)
    return new Problem('foreign-event', 'Another writer put an event into this crisis; it commits to nothing.');
  if (error instanceof UnknownModel) return new Problem('unknown-model', error.message, { known: Object.keys(models) });
  const status = (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status < 500) return fromStatus(status, (error as Error).message);
  return new Problem('internal', 'The request failed inside the server.', { instance });
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers({ ...problem.headers, 'cache-control': 'no-store' })
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

const invalidEvent = (error: InvalidEvent): Problem =>
  new Problem(
    'invalid-event',
    error.violations.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; '),
    {
      errors: error.violations,
    },
  );

/**
 * A refusal of the log. Revisions are left out: the API tells them as tokens. Undefined for errors that no request
 * should be able to cause.
 */
function refusal(error: EventLogError & Failure): Problem | undefined {
  switch (error.type) {
    case 'wrong-expected-revision':
      return wrongRevision(error);
    case 'event-id-taken':
      return new Problem(
        'event-id-taken',
        `The id ${error.id} is taken in this crisis by other content, or an array mixes stored and new events.`,
        { index: error.index, eventId: error.id },
      );
    case 'duplicate-id-in-append':
      return new Problem('duplicate-id', `The id ${error.id} stands twice in the array.`, {
        index: error.index,
        eventId: error.id,
      });
    case 'reference-not-found':
      return new Problem('unknown-reference', `${error.pointer} names ${error.id}, which the crisis does not have.`, {
        index: error.index,
        pointer: error.pointer,
      });
    case 'reference-type-not-allowed':
      return new Problem('reference-type', `${error.pointer} names ${error.id}, which is ${error.found}.`, {
        index: error.index,
        pointer: error.pointer,
        allowed: error.allowed,
      });
    case 'marking-too-low':
      return new Problem(
        'marking-too-low',
        `${error.pointer} names ${error.id}, which is ${error.required}; the event is ${error.marking}.`,
        { index: error.index, pointer: error.pointer, required: error.required },
      );
    case 'amendment-hidden':
      return new Problem('amendment-hidden', `${error.target} has an amendment in force above ${error.marking}.`, {
        index: error.index,
      });
    case 'marking-not-allowed':
      return new Problem('scope-missing', `To ${error.direction} a marking takes marking:${error.direction}.`, {
        index: error.index,
        scopes: [`marking:${error.direction}`],
      });
    case 'append-too-large':
      return new Problem(
        'body-too-large',
        `An atomic array holds at most 100 events and 900 KiB; this one has ${error.events} events of ${error.bytes} bytes.`,
      );
    case 'storage-full':
      return new Problem('storage-full', 'There is no room on the disk of the record.', {}, retryAfter(30));
    case 'outcome-unknown':
      return new Problem('outcome-unknown', 'The write was cut short.', {}, retryAfter(1));
    case 'writer-busy':
      return new Problem('busy', 'More appends wait than the writer takes.', {}, retryAfter(1));
    case 'record-away':
      return new Problem('record-away', 'The record takes no appends at the moment.', {}, retryAfter(2));
    case 'record-truncated':
    case 'record-rewound':
      return new Problem(error.type, 'The mirror of this instance has stopped.', {}, retryAfter(60));
    case 'record-moved':
      return new Problem('record-moved', `The record was moved to ${error.to}.`, { movedTo: error.to });
    case 'clock-off':
      return new Problem('clock-off', "The clock differs from the record's by over 5 s.", {}, retryAfter(10));
    case 'writing-stopped':
    case 'log-damaged':
      return new Problem(
        'writing-stopped',
        'A write failed; the record is being checked before the next one.',
        {},
        retryAfter(2),
      );
    case 'log-closed':
      return new Problem('draining', 'The server is shutting down.', {}, retryAfter(1));
    default:
      return undefined;
  }
}

function wrongRevision(error: Failure & { type: 'wrong-expected-revision' }): Problem {
  const crisisId = crisisOf(error.stream);
  if (error.expected === 'no_stream')
    return new Problem('crisis-exists', `The crisis ${crisisId} is open already.`, { crisisId });
  if (error.actual === -1) return new Problem('crisis-not-found', `There is no crisis ${crisisId}.`, { crisisId });
  return new Problem('precondition-failed', 'Something visible to you was appended since the token of If-Match.', {
    crisisId,
  });
}

const BY_STATUS: Readonly<Record<number, ProblemType>> = {
  400: 'malformed-json',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'body-too-large',
  415: 'unsupported-media-type',
};

const fromStatus = (status: number, message: string): Problem =>
  new Problem(
    BY_STATUS[status] ?? 'invalid-parameter',
    status === 413 ? `A body holds at most ${MAX_BODY_BYTES} bytes.` : message,
  );
