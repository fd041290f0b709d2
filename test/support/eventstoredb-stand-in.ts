import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';

interface Call {
  write(message: unknown): void;
  end(): void;
  on(event: string, listener: () => void): void;
}

export interface Behaviour {
  /** What it does with an append; by default it never answers. */
  append?(call: Call, answer: (error: unknown, message?: unknown) => void): void;
  /** What it does with a read or a subscription. */
  read?(call: Call): void;
}

/** Speaks the client's own protocol, to do what a healthy server never does. Not a server: it stores nothing. */
export async function standIn(behaviour: Behaviour): Promise<{ url: string; close(): void }> {
  const server = new Server();
  const implementation = {
    append: (call: Call, answer: (error: unknown, message?: unknown) => void) => behaviour.append?.(call, answer),
    read: (call: Call) => behaviour.read?.(call),
    delete: () => undefined,
    tombstone: () => undefined,
    batchAppend: () => undefined,
  };
  server.addService(StreamsService, implementation as unknown as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { url: `esdb://127.0.0.1:${port}?tls=false`, close: () => server.forceShutdown() };
}

/** Tells a subscription that it has everything. */
export function caughtUp(): ReadResp {
  const response = new ReadResp();
  response.setCaughtUp(new ReadResp.CaughtUp());
  return response;
}
