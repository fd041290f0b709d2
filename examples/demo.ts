import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CrisisLog } from '#client';
import { readConfig } from '../apps/api/src/config';
import { type Server, startServer } from '../apps/api/src/server';
import { whyNotStarted } from '../apps/api/src/why-not-started';

/**
 * The main job, once through: a fresh record, two crises imported over HTTP, their views, and what was
 * believed before the first correction against what is known now. Stays up unless `--once` is given.
 */
const ROOT = resolve(__dirname, '..', '..');

interface Driver {
  readonly eventId: string | null;
  readonly type: string;
  readonly occurredAt: string;
  readonly share: number;
}

interface Risk {
  readonly at: string;
  readonly risk: number;
  readonly band: string;
  readonly diplomacyGauge: number;
  readonly omega: number | null;
  readonly outpaces: boolean | null;
  readonly drivers: readonly Driver[];
  readonly asOf: { readonly time: string; readonly cursor: string };
}

async function demo(stayUp: boolean): Promise<void> {
  // A folder of its own: another demo may be running.
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-demo-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const server = await startServer(readConfig({ ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'error' }));
  say(`\nA crisis log is listening on ${server.url}; its record is in ${dataDir} until this ends.\n`);
  await run(server, 'import ndjson examples/us-iran/crisis.ndjson --crisis us-iran');
  await run(server, 'import ndjson examples/gdelt/crisis.ndjson --crisis us-iran-gdelt');
  await run(server, 'import gdelt examples/gdelt/events.csv --crisis us-iran-gdelt --about IRN');
  const log = new CrisisLog(server.url);
  await show(log, 'us-iran', '2025-06-24T12:00:00Z');
  await show(log, 'us-iran-gdelt', '2026-03-24T23:59:00Z');
  await compare(log, 'us-iran');
  say(links(server.url));
  if (!stayUp) return server.close();
  say('\nCtrl-C ends it.');
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close().then(() => process.exit(0)));
}

/** The command as anyone would run it, against the server that listens here. */
async function run(server: Server, command: string): Promise<void> {
  say(`$ npx crisis-log ${command}`);
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'crisis-log.js'), ...command.split(' ')], {
    cwd: ROOT,
    env: { ...process.env, CRISIS_LOG_URL: server.url },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`crisis-log ${command} ended with ${code}`);
  say('');
}

async function show(log: CrisisLog, crisis: string, at: string): Promise<void> {
  const risk = (await log.view(crisis, 'risk', { at })) as Risk;
  const status = (await log.view(crisis, 'status', { at })) as Status;
  say(`${crisis} at ${risk.at}`);
  say(
    `  risk R ${risk.risk} (${risk.band}), diplomacy J ${risk.diplomacyGauge}, balance ${risk.omega ?? 'none'}, diplomacy outpaces escalation: ${risk.outpaces ?? 'unknown'}`,
  );
  say(`  window ${status.window.state}, sanctions gap ${status.sanctions.gap ?? 'unknown'}`);
  for (const { parties, state, contacts } of status.channels)
    say(`  channel ${parties.join('-')}: ${state}, ${contacts} ${contacts === 1 ? 'contact' : 'contacts'}`);
  for (const { eventId, type, occurredAt, share } of risk.drivers.slice(0, 5)) {
    say(`  ${share.toFixed(3).padStart(6)} of R: ${occurredAt} ${type} ${eventId}`);
    const { effective } = (await log.event(crisis, eventId!)) as { effective: { summary?: string } | null };
    if (effective?.summary !== undefined) say(`         ${effective.summary}`);
  }
  say('');
}

interface Status {
  readonly window: { readonly state: string };
  readonly sanctions: { readonly gap: number | null };
  readonly channels: readonly {
    readonly parties: readonly string[];
    readonly state: string;
    readonly contacts: number;
  }[];
}

/** What was believed of one moment just before the first correction, and what is known of it now. */
async function compare(log: CrisisLog, crisis: string): Promise<void> {
  const { events } = (await log.events(crisis, { type: 'EventCorrected', limit: '1' })) as {
    events: { eventId: string; data: { target: string } }[];
  };
  const first = events[0]!;
  const { event, effective } = (await log.event(crisis, first.data.target)) as {
    event: { occurredAt: string; summary?: string };
    effective: { summary?: string } | null;
  };
  const { before } = (await log.event(crisis, first.eventId)) as { before: string };
  const at = `${event.occurredAt.slice(0, 10)}T23:59:00Z`;
  const believed = (await log.view(crisis, 'risk', { at, asOf: before })) as Risk;
  const known = (await log.view(crisis, 'risk', { at })) as Risk;
  const told = ({ risk, band, diplomacyGauge }: Risk, summary = ''): string =>
    `R ${risk} (${band}), J ${diplomacyGauge}\n         ${summary}`;
  say(`What was believed of ${at}, and what is known of it now:`);
  say(`  before the correction ${first.eventId}: ${told(believed, event.summary)}`);
  say(`  now: ${told(known, effective?.summary)}\n`);
}

const links = (url: string): string =>
  [
    `  ${url}/v1/crises`,
    `  ${url}/v1/crises/us-iran/status`,
    `  ${url}/v1/crises/us-iran/risk`,
    `  ${url}/v1/crises/us-iran/briefing?format=markdown`,
    `  ${url}/docs`,
  ].join('\n');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

demo(!process.argv.includes('--once')).catch((error: unknown) => {
  console.error(whyNotStarted(error) ?? error);
  process.exit(1);
});
