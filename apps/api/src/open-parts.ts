import { mkdirSync } from 'node:fs';
import { openRecord } from '#event-log';
import { Credentials, hasKeys } from './access/credentials';
import { FailedCredentials } from './access/failed-credentials';
import { fetchKeySet, IssuerKeys } from './access/issuer-keys';
import { JwtVerifier } from './access/jwt';
import { RateLimits } from './access/rate-limits';
import { RedReads } from './access/red-reads';
import { Sessions } from './access/sessions';
import { Streams } from './access/streams';
import { Context } from './app.context';
import { NotaryEngine } from './audit/notary-engine';
import { BUILD } from './build';
import { type Config, requireCredentials } from './config';
import { Consumers } from './consumers/consumers';
import { Feed } from './feed/feed';
import { Metrics } from './health/metrics';
import { loadTokenKeys } from './http/token-keys';
import { Tokens } from './http/tokens';
import { ViewEngine } from './view-worker/view-engine';

/** What a server is made of, open. */
export interface Parts {
  readonly context: Context;
  /** The credentials that did not hold, by address. */
  readonly failed: FailedCredentials;
}

interface Closable {
  close(): void | Promise<void>;
}

/**
 * Opens the parts, each after those that it needs. Disposing of `open` closes them, also when a later one fails to
 * open.
 */
export async function openParts(config: Config, clock: () => number, open: AsyncDisposableStack): Promise<Parts> {
  const keep = <T extends Closable>(part: T): T => open.adopt(part, (its) => its.close());
  const { dataDir, headsFile, instance, eventStoreDb } = config;
  // Before anything is made, so that a refused start leaves no record behind. The keys in EventStoreDB are known only
  // once it has been asked.
  if (eventStoreDb === undefined) requireCredentials(config, () => hasKeys(dataDir));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const log = keep(await openRecord({ dataDir, instance, build: BUILD, clock }, eventStoreDb));
  const { logId } = log;
  const tokenKeys = loadTokenKeys(config.tokenKeys, dataDir);
  const sessions = new Sessions(tokenKeys);
  const failed = new FailedCredentials(new RateLimits(config.failureLimit));
  const jwt = verifierOf(config, clock);
  const credentials = keep(new Credentials({ dataDir, clock, sessions, jwt, failed }));
  requireCredentials(config, () => !credentials.isOpen);
  const notary = keep(await NotaryEngine.start({ dataDir, headsFile, record: eventStoreDb }));
  const { epoch } = notary;
  const tokens = new Tokens(tokenKeys, logId, epoch);
  const redReads = keep(new RedReads(config.accessLog, clock, config.isAccessLogSet));
  const views = keep(await ViewEngine.start({ dataDir, tokenKeys, logId, epoch }, redReads));
  const streams = new Streams();
  const metrics = new Metrics();
  const feed = keep(new Feed(log, views));
  const consumers = new Consumers({ feed, log, clock });
  notary.onFault((why) => {
    feed.close();
    views.refuse(why);
  });
  const parts = { config, log, tokens, views, credentials, sessions, streams, feed, consumers, notary, metrics, clock };
  return { context: new Context(parts), failed };
}

const verifierOf = ({ jwt }: Config, clock: () => number): JwtVerifier | undefined =>
  jwt && new JwtVerifier(jwt, new IssuerKeys(() => fetchKeySet(jwt.jwksUrl)), clock);
