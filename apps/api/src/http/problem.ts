/**
 * RFC 9457 problem details. Each type is one row here; `GET /problems/{type}` and `docs/problems.md` are
 * made from the rows, so that whoever meets a problem can look up what it means and what to do next.
 */
export const PROBLEMS = {
  'malformed-request': [
    400,
    'The request is not well-formed',
    'Percent-encode in the address what is not ASCII, as UTF-8; see /openapi.json for the addresses there are.',
  ],
  'malformed-json': [
    400,
    'The body is not the JSON this API takes',
    'Correct the place that `detail` names and send again. Nothing was stored.',
  ],
  'invalid-parameter': [
    400,
    'A parameter of the request is not usable',
    'Correct the parameter that `parameter` names.',
  ],
  'invalid-token': [
    400,
    'A cursor or ETag is not one of this log',
    'Use a token from an answer of this log, whole and unchanged, and only where that answer says that it belongs.',
  ],
  'unknown-host': [
    421,
    'The Host header names no host of this server',
    'Use the address the server was started with, or add the name to ALLOWED_HOSTS.',
  ],
  'expectation-failed': [
    417,
    'The request expects something that this server does not do',
    'Send it without `Expect`, or with `Expect: 100-continue`.',
  ],
  unauthenticated: [
    401,
    'The request does not say who sends it',
    'Send an API key or an access token as Authorization: Bearer …; an operator makes keys with crisis-log keys create.',
  ],
  'scope-missing': [
    403,
    'The credential does not allow this',
    'Use a credential with one of the scopes in `scopes`; an operator grants them.',
  ],
  'shown-needs-red': [
    403,
    'Only readers at RED may ask what a reader was shown',
    'What was shown then may be marked higher now. Leave `shownTo` out to get the views as known then under today’s markings, or ask someone who is cleared for RED in this crisis.',
  ],
  'foreign-origin': [
    403,
    'Pages of another origin may not call this server',
    'Call it from its own pages or from a program.',
  ],
  'not-found': [404, 'There is nothing at this address', 'See /openapi.json for what there is.'],
  'crisis-not-found': [
    404,
    'There is no such crisis',
    'List the crises with GET /v1/crises, or open one with POST /v1/crises.',
  ],
  'event-not-found': [404, 'The crisis has no such event', 'List its events with GET /v1/crises/{id}/events.'],
  'not-yet-known': [404, 'The crisis was not yet known at that point of the record', 'Ask for a later asOf.'],
  'method-not-allowed': [405, 'This address does not take this method', 'See /openapi.json for what it takes.'],
  'request-timeout': [408, 'The request did not arrive in time', 'Send it again, faster.'],
  'amendment-hidden': [
    409,
    'Lowering the marking would show an event without an amendment that stays hidden',
    'Lower the amendment in the same array, or leave the marking as it is.',
  ],
  'cursor-level-changed': [
    409,
    'The cursor was given for another level than yours is now',
    'Start over: take GET /v1/feed/snapshot in place of what you hold, and follow from the cursor in its last line.',
  ],
  'consumer-not-found': [404, 'You have no such consumer', 'Make it with PUT /v1/consumers/{name}.'],
  'consumer-exists': [
    409,
    'The name is that of another consumer of yours',
    'Choose another name, or delete that consumer first; what it has not acknowledged is then handed out to nobody.',
  ],
  'too-many-consumers': [
    409,
    'You have as many consumers as a principal may have',
    'Use one that GET /v1/consumers lists, or delete one that nobody works with.',
  ],
  'lease-lost': [
    409,
    'The lease no longer holds',
    'Nothing was settled. Drop the rest of its items: another lease has brought them or will. Ask for the next ones.',
  ],
  'no-such-tree': [
    404,
    'The log has no trees of these sizes',
    'Ask from a size to one that is not smaller, and at most that of the tree head.',
  ],
  'no-tree-head': [
    409,
    'There is no signed tree head here, or no key to sign with',
    'Ask an instance that signs. Where none does the operator must make keys, with `crisis-log keys init`.',
  ],
  'crisis-exists': [
    409,
    'The crisis is open already',
    'Append to it with POST /v1/crises/{id}/events, or choose another crisisId.',
  ],
  'precondition-failed': [
    412,
    'The crisis has moved on',
    'Read what was appended since, decide again, and send with the token in `current`.',
  ],
  'body-too-large': [
    413,
    'The body is larger than this API takes',
    'Send it in parts; as NDJSON there is no limit on the whole.',
  ],
  'unsupported-media-type': [
    415,
    'The content type is not one this address takes',
    'Send application/json, or application/x-ndjson where it is listed, without Content-Encoding.',
  ],
  'headers-too-large': [431, 'The headers are larger than this API takes', 'Send fewer or shorter headers.'],
  'invalid-event': [
    422,
    'The event breaks rules of the catalogue',
    'Correct each field in `errors` and send again. Nothing was stored.',
  ],
  'event-id-taken': [
    422,
    'The crisis has another event with this id',
    'Send new facts under a new id; to change what is stored append EventCorrected.',
  ],
  'unknown-reference': [
    422,
    'An event refers to one that the crisis does not have',
    'Append the event that `pointer` names first, or correct the reference.',
  ],
  'reference-type': [
    422,
    'An event refers to one of a type that does not fit there',
    'Refer to an event of a type that `allowed` lists.',
  ],
  'marking-too-low': [
    422,
    'An event is less restricted than what it refers to',
    'Mark it at least as high as `required`, or leave the reference out.',
  ],
  'duplicate-id': [422, 'Two events of one array have the same id', 'Give each its own id.'],
  'unknown-model': [422, 'There is no such version of the risk model', 'Use one that `known` lists.'],
  'too-many-requests': [
    429,
    'A principal asks for more than its share, or an address has sent too many bad credentials',
    'Send it again after `Retry-After`; many events go in one request as NDJSON.',
  ],
  internal: [
    500,
    'Something failed inside',
    'Nothing acknowledged is lost. Try again; if it persists tell the operator the `instance`.',
  ],
  'outcome-unknown': [
    503,
    'It is not known whether the event was stored',
    'Send the same event with the same id again: it is stored once, and the answer is then definite.',
  ],
  'writing-stopped': [503, 'The record cannot be written now', 'Reads go on. Try again after `Retry-After`.'],
  'record-away': [
    503,
    'EventStoreDB cannot be reached',
    'Nothing was stored; reads go on. Try again after `Retry-After`.',
  ],
  'record-truncated': [
    503,
    'A stream of the record has lost events',
    'Reads go on from the copy that this instance holds. The operator must restore the record.',
  ],
  'record-rewound': [
    503,
    'The record does not hold what it held',
    'Reads go on from the copy that this instance holds. The operator must restore the newer record.',
  ],
  'record-moved': [
    409,
    'The record has moved',
    'Append where `movedTo` says; this instance only reads, from the copy that it holds.',
  ],
  'clock-off': [
    503,
    'The clock of this instance is wrong',
    'Nothing was stored. Send it to another instance; the operator must set the clock right.',
  ],
  'foreign-event': [
    409,
    'The crisis holds an event that no crisis log wrote',
    'Its events can be read and the tree heads checked, but no bundle can be made of it. The operator must find out who else writes to EventStoreDB.',
  ],
  'record-altered': [
    503,
    'What is stored is not what was recorded',
    'Nothing is served. The operator must keep the data folder as it is and restore a backup elsewhere; see docs/audit.md.',
  ],
  'split-view': [
    503,
    'A signed tree head in the record is not of the events that are here',
    'Nothing is served. Someone with the signing key has signed another history, or this is another record; the operator must find out which. See docs/audit.md.',
  ],
  'storage-full': [507, 'The disk is full', 'Nothing was stored. The operator must free space; then send again.'],
  behind: [
    503,
    'This instance has not yet reached the point of the record that was asked for',
    'Ask again after `Retry-After`.',
  ],
  'view-parked': [
    503,
    'An event that this build cannot read stops the views of this crisis',
    'Its events can still be read. The operator must upgrade; if `eventId` names a report, retracting it helps too.',
  ],
  'issuer-unreachable': [
    503,
    'The token cannot be checked now',
    'Ask again after `Retry-After`; the operator must find out why JWKS_URL does not answer.',
  ],
  'access-log': [
    503,
    'A read of RED events cannot be put on record',
    'Nothing was shown. Ask again after `Retry-After`; the operator must make room for the access log.',
  ],
  busy: [503, 'Too many requests of this kind are under way', 'Ask again after `Retry-After`.'],
  draining: [503, 'The server is shutting down', 'Send it again to another instance, or later. It is safe to repeat.'],
} as const satisfies Record<string, readonly [status: number, title: string, next: string]>;

export type ProblemType = keyof typeof PROBLEMS;

/** A problem on its way to the client. `extra` members stand beside the standard ones. */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly type: ProblemType,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = PROBLEMS[type][0];
  }

  toJSON(): Record<string, unknown> {
    const [status, title, next] = PROBLEMS[this.type];
    return { type: `/problems/${this.type}`, title, status, detail: this.detail, next, ...this.extra };
  }
}

export const retryAfter = (seconds: number): Record<string, string> => ({ 'retry-after': String(seconds) });
