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

/** Of the client, for what derives from it: its connection, which follows the leader, and how a call is made on it. */
interface Inner {
  execute<T>(Stub: typeof StreamsClient, name: string, action: (stub: StreamsClient) => Promise<T>): Promise<T>;
  callArguments(
    whose: { credentials: Credentials; requiresLeader: boolean },
    options: { deadline: number },
  ): Parameters<StreamsClient['batchAppend']>;
}

/** Kept open for the next append. The server takes a hundred on a connection, reads and the subscription among them. */
const MAX_IDLE = 64;

/**
 * Appends, each in one message, on calls that are kept open and carry one append at a time: what becomes of one touches no
 * other.
 *
 * The client has two ways, neither of which will do. Its unary append sends each event as a message, and a message waits
 * until the event loop has come round: under load a group took twice as long. Its batch append sends one message, but keeps
 * what is pending in the whole process in one place, where one failed call rejects all of it.
 */
export class AppendCalls {
  private readonly idle: AppendCall[] = [];
  private readonly inner: Inner;

  constructor(
    client: EventStoreDBClient,
    private readonly credentials: Credentials,
    private readonly timeoutMs: number,
  ) {
    this.inner = client as unknown as Inner;
  }

  /** Resolves to the stream's last revision. */
  append(stream: string, expected: Revision, events: readonly SentEvent[]): Promise<Revision> {
    return this.inner.execute(StreamsClient, 'append', async (stub) => {
      const call = this.take(stub);
      let answer: BatchAppendResp;
      try {
        answer = await deadline(call.ask(requestOf(stream, expected, events)), this.timeoutMs, 'append');
      } catch (error) {
        call.cancel();
        throw error;
      }
      if (this.idle.length < MAX_IDLE) this.idle.push(call);
      else call.cancel();
      if (answer.hasError()) throw errorOf(answer.getError()!);
      return Number(answer.getSuccess()!.getCurrentRevision());
    });
  }

  close(): void {
    for (const call of this.idle.splice(0)) call.cancel();
  }

  /** One that is open, on the client's connection as it is now. */
  private take(stub: StreamsClient): AppendCall {
    for (let call = this.idle.pop(); call !== undefined; call = this.idle.pop()) {
      if (call.isOpen && call.stub === stub) return call;
      call.cancel();
    }
    const whose = { credentials: this.credentials, requiresLeader: true };
    return new AppendCall(stub, stub.batchAppend(...this.inner.callArguments(whose, { deadline: Infinity })));
  }
}

class AppendCall {
  isOpen = true;
  private asked: { resolve(answer: BatchAppendResp): void; reject(error: Error): void } | undefined;

  constructor(
    readonly stub: StreamsClient,
    private readonly duplex: Duplex,
  ) {
    const fail = (error: Error) => {
      this.isOpen = false;
      this.asked?.reject(error);
    };
    duplex.on('data', (answer: BatchAppendResp) => this.asked?.resolve(answer));
    duplex.on('error', (error) => fail(convertToCommandError(error)));
    duplex.on('end', () => fail(new Error('the call has ended without an answer')));
  }

  ask(request: BatchAppendReq): Promise<BatchAppendResp> {
    return new Promise((resolve, reject) => {
      this.asked = { resolve, reject };
      this.duplex.write(request);
    });
  }

  cancel(): void {
    this.isOpen = false;
    this.duplex.cancel();
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
