import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Requests under way may take this long to end; a supervisor's patience is usually 10 s. */
const PATIENCE_MS = 7_000;
const SWEEP_MS = 100;

/** The connections of a server, from now on. */
export function connectionsOf(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/**
 * Bounds how long `closing` (an orderly close of the server) takes. A connection that was answering when it
 * began is closed when it falls idle, not when its keep-alive runs out; and one that never ends, such as an
 * endless upload or a reader that stopped reading, is cut. What such a client has been answered is durable.
 */
export async function drain(server: Server, open: ReadonlySet<Socket>, closing: Promise<void>): Promise<void> {
  using _sweep = setInterval(() => {
    server.closeIdleConnections();
    // Opened in advance, as browsers and clients with a pool do: Node takes those for requests under way.
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  }, SWEEP_MS);
  using _cut = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await closing;
}
