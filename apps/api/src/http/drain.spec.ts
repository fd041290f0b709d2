import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { connectionsOf, drain } from './drain';

/** Well below the patience with those who are in the middle of something. */
const AT_ONCE_MS = 3_000;

test('who has connected and asked nothing holds up nobody', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const connections = connectionsOf(server);
  await once(server, 'listening');
  const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(server, 'connection')]);
  const since = performance.now();
  await drain(server, connections, new Promise((resolve) => server.close(() => resolve())));
  expect(performance.now() - since).toBeLessThan(AT_ONCE_MS);
});
