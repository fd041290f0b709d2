import type { RecordLog } from '#event-log';
import type { Credentials } from './access/credentials';
import type { Sessions } from './access/sessions';
import type { Streams } from './access/streams';
import type { NotaryEngine } from './audit/notary-engine';
import type { Config } from './config';
import type { Consumers } from './consumers/consumers';
import type { Feed } from './feed/feed';
import type { Tokens } from './http/tokens';
import type { ViewEngine } from './views/view-engine';

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
  /** Milliseconds since the epoch. */
  readonly clock: () => number;

  constructor(parts: Context) {
    this.config = parts.config;
    this.log = parts.log;
    this.tokens = parts.tokens;
    this.views = parts.views;
    this.credentials = parts.credentials;
    this.sessions = parts.sessions;
    this.streams = parts.streams;
    this.feed = parts.feed;
    this.consumers = parts.consumers;
    this.notary = parts.notary;
    this.clock = parts.clock;
  }
}
