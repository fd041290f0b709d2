import { readConfig } from '../../apps/api/src/config';
import { startServer } from '../../apps/api/src/server';

/** The server as its operator starts it, on a record of its own among those that share an EventStoreDB: `RECORD_NAMESPACE`. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const namespace = process.env['RECORD_NAMESPACE'];
  const eventStoreDb = config.eventStoreDb && namespace ? { ...config.eventStoreDb, namespace } : config.eventStoreDb;
  const server = await startServer({ ...config, eventStoreDb });
  process.once('SIGTERM', () => void server.close());
  console.log(`listening on ${server.url}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
