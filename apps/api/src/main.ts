import { readConfig } from './config';
import { whyNotStarted } from './why-not-started';

/** SIGTERM drains: no new requests, what was accepted is answered, then the record is released. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  // Loaded only now: a mistake in the environment is reported at once, not after most of a second of loading.
  const { startServer } = await import('./server.js');
  const server = await startServer(config);
  const access = server.isOpen
    ? 'open: no credentials are configured, so everyone on this machine may read and write everything'
    : 'credentials are asked for';
  console.log(`crisis log ${server.build}, record ${server.logId}, listening on ${server.url} (${access})`);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    console.log(`${signal}: draining`);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

/** Rejects only when a module is missing, which `bin/` reports. */
export const ended = main().catch((error: unknown) => {
  if (String((error as { code?: unknown }).code).endsWith('MODULE_NOT_FOUND')) throw error;
  console.error(whyNotStarted(error) ?? error);
  process.exit(1);
});
