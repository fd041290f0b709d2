import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendResp, type ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';

interface Call {
  /** Of a read or a subscription. */
  readonly request: ReadReq;
  write(message: unknown): void;
  end(): void;
  /** With an error: fails the call. */
  emit(event: 'error', error: { code: number; details: string; metadata?: Metadata }): void;
  on(event: string, listener: () => void): void;
}

export interface Behaviour {
  /** What it does with an append, once it has all of it; by default it never answers. */
  append?(call: Call): void;
  /** What it does with a read or a subscription. */
  read?(call: Call): void;
}

/** Speaks the client's own protocol, to do what a healthy server never does. Not a server: it stores nothing. */
export async function standIn(behaviour: Behaviour): Promise<{ url: string; close(): void }> {
  // As many calls on a connection as the real one takes.
  const server = new Server({ 'grpc.max_concurrent_streams': 100 });
  const implementation = {
    append: () => undefined,
    read: (call: Call) => behaviour.read?.(call),
    delete: () => undefined,
    tombstone: () => undefined,
    batchAppend: (call: Call) => call.on('data', () => behaviour.append?.(call)),
  };
  server.addService(StreamsService, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { url: `esdb://127.0.0.1:${port}?tls=false`, close: () => server.forceShutdown() };
}

/** That an append is stored, and its stream ends there now. */
export const stored = (last: number): BatchAppendResp =>
  new BatchAppendResp().setSuccess(new BatchAppendResp.Success().setCurrentRevision(String(last)));

/** How a follower refuses what only the leader may do. */
export function notLeader(leader: string): { code: number; details: string; metadata: Metadata } {
  const { hostname, port } = new URL(leader);
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', hostname);
  metadata.set('leader-endpoint-port', port);
  return { code: 5, details: 'Leader info available', metadata };
}

/** Tells a subscription that it has everything. */
export function caughtUp(): ReadResp {
  const response = new ReadResp();
  response.setCaughtUp(new ReadResp.CaughtUp());
  return response;
}

/** An event of `$all`: the nth, at position n. */
export function delivered(n: number, stream = 'crisis-a', data: object = {}): ReadResp {
  const event = new ReadResp.ReadEvent.RecordedEvent();
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  event.setId(new UUID().setString(id));
  event.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64')));
  event.setStreamRevision(String(n)).setCommitPosition(String(n)).setPreparePosition(String(n));
  // 100 ns ticks, as the server counts.
  const ticks: [string, string][] = [
    ['type', 'T'],
    ['content-type', 'application/json'],
    ['created', '17000000000009999'],
  ];
  for (const [name, value] of ticks) event.getMetadataMap().set(name, value);
  event.setData(Buffer.from(JSON.stringify(data))).setCustomMetadata(Buffer.from('{}'));
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(event));
}

/** A checkpoint of a filtered subscription. */
export const checkpoint = (n: number): ReadResp =>
  new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(String(n)).setPreparePosition(String(n)));
