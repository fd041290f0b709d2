import { EventLogError } from '#event-log';
import { InvalidConfig, readConfig } from './config';
import { startServer } from './server';

/** SIGTERM drains: no new requests, what was accepted is answered, then the record is released. */
async function main(): Promise<void> {
  const server = await startServer(readConfig(process.env));
  console.log(
    `crisis log ${server.build}, record ${server.logId}, listening on ${server.url} (open: no credentials are configured, loopback only)`,
  );
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    console.log(`${signal}: draining`);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

function fail(error: unknown): never {
  console.error(error instanceof InvalidConfig || error instanceof EventLogError ? error.message : error);
  process.exit(1);
}

main().catch(fail);
