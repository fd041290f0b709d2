import type { RecordLog } from '#event-log';
import type { Credentials } from './access/credentials';
import type { Sessions } from './access/sessions';
import type { Streams } from './access/streams';
import type { NotaryEngine } from './audit/notary-engine';
import type { Config } from './config';
import type { Consumers } from './consumers/consumers';
import type { Feed } from './feed/feed';
import type { Metrics } from './health/metrics';
import type { Tokens } from './http/tokens';
import type { ViewEngine } from './view-worker/view-engine';

/** What the routes need, made once at start. Also Nest's injection token for it. */
export class Context {
  readonly config: Config;
  readonly log: RecordLog;
  readonly tokens: Tokens;
  readonly views: ViewEngine;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly streams: Streams;
  readonly feed: Feed;
  readonly consumers: Consumers;
  readonly notary: NotaryEngine;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;

  constructor(parts: Context) {
    Object.assign(this, parts);
  }
}
