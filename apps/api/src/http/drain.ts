import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long requests under way may take to end; supervisors usually wait 10 s. */
const PATIENCE_MS = 7_000;
const SWEEP_MS = 100;

/** The open connections of a server; counts those made after this call. */
export function connectionsOf(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/**
 * Bounds how long `closing` (an orderly close of the server) takes. A connection that was still answering is closed as
 * soon as it falls idle, not when its keep-alive runs out; one that does not end, such as an endless upload or a client
 * that stopped reading, is cut. What such a client was answered is durable.
 */
export async function drain(server: Server, open: ReadonlySet<Socket>, closing: Promise<void>): Promise<void> {
  using _sweep = setInterval(() => {
    server.closeIdleConnections();
    // Connections opened in advance, as by browsers and pools: Node counts those as requests under way.
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  }, SWEEP_MS);
  using _cut = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await closing;
}
