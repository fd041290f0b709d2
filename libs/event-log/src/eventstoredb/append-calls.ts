import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import type { Status } from '@eventstore/db-client/generated/status_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { Revision } from '../event-log';
import { deadline } from './deadline';
import type { SentEvent } from './record-client';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

type Duplex = ReturnType<StreamsClient['batchAppend']>;

/** Protected members of the client: its connection, which follows the leader, and the arguments of a call on it. */
interface Inner {
  execute<T>(Stub: typeof StreamsClient, name: string, action: (stub: StreamsClient) => Promise<T>): Promise<T>;
  callArguments(
    whose: { credentials: Credentials; requiresLeader: boolean },
    options: { deadline: number },
  ): Parameters<StreamsClient['batchAppend']>;
}

/**
 * Appends under way at a time, and calls open at most. The server takes a hundred calls on a connection, reads and the
 * subscription among them; one more would wait until another ends, and these stay open.
 */
const MAX_UNDER_WAY = 64;

/**
 * Appends, each in one message, on calls that are kept open and carry one append at a time: what becomes of one touches
 * no other.
 *
 * The client has two ways, neither of which will do. Its unary append sends each event as a message, and a message
 * waits until the event loop has come round: under load a group took twice as long. Its batch append sends one message,
 * but keeps what is pending in the whole process in one place, where one failed call rejects all of it.
 */
export class AppendCalls {
  /** All that are open, on the connection of `stub`. */
  private readonly calls = new Set<AppendCall>();
  private stub: StreamsClient | undefined;
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];
  private isClosed = false;
  private readonly inner: Inner;

  constructor(
    client: EventStoreDBClient,
    private readonly credentials: Credentials,
    private readonly timeoutMs: number,
  ) {
    this.inner = client as unknown as Inner;
  }

  /** Resolves to the stream's last revision. An append that gets no turn, or finds no node, in time is not sent. */
  async append(stream: string, expected: Revision, events: readonly SentEvent[]): Promise<Revision> {
    const latest = performance.now() + this.timeoutMs;
    await this.turn();
    try {
      return await this.inner.execute(StreamsClient, 'append', async (stub) => {
        const leftMs = latest - performance.now();
        if (this.isClosed || leftMs <= 0) throw new Error('Not sent in time');
        const answer = await this.ask(stub, requestOf(stream, expected, events), leftMs);
        if (answer.hasError()) throw errorOf(answer.getError()!);
        return Number(answer.getSuccess()!.getCurrentRevision());
      });
    } finally {
      this.passOn();
    }
  }

  /** Also ends the appends under way, with an unknown outcome. */
  close(): void {
    this.isClosed = true;
    for (const call of this.calls) call.cancel();
  }

  private async ask(stub: StreamsClient, request: BatchAppendReq, timeoutMs: number): Promise<BatchAppendResp> {
    const call = this.take(stub);
    try {
      return await deadline(call.ask(request), timeoutMs, 'append');
    } catch (error) {
      call.cancel();
      throw error;
    }
  }

  /** An idle call on the client's current connection. */
  private take(stub: StreamsClient): AppendCall {
    if (stub !== this.stub) for (const call of this.calls) call.retire();
    this.stub = stub;
    for (const call of this.calls) if (call.isIdle) return call;
    const whose = { credentials: this.credentials, requiresLeader: true };
    const duplex = stub.batchAppend(...this.inner.callArguments(whose, { deadline: Infinity }));
    const call = new AppendCall(duplex, () => this.calls.delete(call));
    this.calls.add(call);
    return call;
  }

  private async turn(): Promise<void> {
    if (this.underWay < MAX_UNDER_WAY) this.underWay++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private passOn(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.underWay--;
    else next();
  }
}

class AppendCall {
  private asked: PromiseWithResolvers<BatchAppendResp> | undefined;
  private isRetired = false;

  constructor(
    private readonly duplex: Duplex,
    private readonly onEnd: () => void,
  ) {
    const fail = (error: Error) => {
      onEnd();
      this.asked?.reject(error);
    };
    duplex.on('data', (answer: BatchAppendResp) => this.answered(answer));
    duplex.on('error', (error) => fail(convertToCommandError(error)));
    duplex.on('end', () => fail(new Error('the call has ended without an answer')));
  }

  get isIdle(): boolean {
    return this.asked === undefined && !this.isRetired;
  }

  ask(request: BatchAppendReq): Promise<BatchAppendResp> {
    this.asked = Promise.withResolvers();
    this.duplex.write(request);
    return this.asked.promise;
  }

  /** To carry no further append: ends at once, or when it has its answer. */
  retire(): void {
    this.isRetired = true;
    if (this.asked === undefined) this.cancel();
  }

  cancel(): void {
    this.onEnd();
    this.duplex.cancel();
  }

  private answered(answer: BatchAppendResp): void {
    this.asked?.resolve(answer);
    this.asked = undefined;
    if (this.isRetired) this.cancel();
  }
}

function requestOf(stream: string, expected: Revision, events: readonly SentEvent[]): BatchAppendReq {
  const options = new BatchAppendReq.Options();
  options.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64')));
  if (expected === -1) options.setNoStream(new Empty());
  else options.setStreamPosition(`${expected}`);
  // A call carries one request at a time, so any id will do.
  const request = new BatchAppendReq().setOptions(options).setCorrelationId(new UUID().setString(events[0]!.id));
  request.setProposedMessagesList(events.map(proposed));
  return request.setIsFinal(true);
}

function proposed({ id, type, data, metadata }: SentEvent): BatchAppendReq.ProposedMessage {
  const message = new BatchAppendReq.ProposedMessage().setId(new UUID().setString(id));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message.setData(Buffer.from(data)).setCustomMetadata(Buffer.from(metadata));
}

const TYPES: Readonly<Record<string, string>> = {
  WrongExpectedVersion: 'wrong-expected-version',
  StreamDeleted: 'stream-deleted',
  AccessDenied: 'access-denied',
  MaximumAppendSizeExceeded: 'maximum-append-size-exceeded',
  BadRequest: 'invalid-argument',
};

/** As the client names its own errors. */
function errorOf(status: Status): Error & { type?: string } {
  const name = status.getDetails()?.getTypeName().split('.').at(-1) ?? '';
  const type = TYPES[name];
  return Object.assign(new Error(status.getMessage() || name), type !== undefined && { type });
}
