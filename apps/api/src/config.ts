import { hostname } from 'node:os';
import { resolve } from 'node:path';

/** Everything the environment decides, read once at start and frozen. */
export interface Config {
  /** `HOST`, default loopback. Anything else needs authentication, which this build does not have yet. */
  readonly host: string;
  /** `PORT`, default 3000; 0 takes a free one. */
  readonly port: number;
  /** `DATA_DIR`, default `./data`: the record, its caches and the token key. */
  readonly dataDir: string;
  /** `HEADS_FILE`: every signed head again, outside the data folder, so that a folder rolled back is noticed. */
  readonly headsFile: string | undefined;
  /** `ALLOWED_HOSTS`, comma-separated: names that `Host` may carry besides the loopback ones. */
  readonly allowedHosts: readonly string[];
  /** `INSTANCE_ID`, default the machine's name: stored with each event as the instance that recorded it. */
  readonly instance: string;
  /** `TOKEN_KEYS`, comma-separated base64url 256-bit keys: the first seals, all open. Default: a key file in the data folder. */
  readonly tokenKeys: readonly string[];
  /** `LOG_LEVEL`: `error` or `warn` (default). */
  readonly logLevel: 'error' | 'warn';
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** All environment errors at once, each with what to set. */
export class InvalidConfig extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  // `PORT= npm start` means the default, as in a shell.
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const host = env['HOST'] ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) {
    problems.push(
      `HOST=${host} is reachable from elsewhere and no authentication is configured; use 127.0.0.1, ::1 or localhost.`,
    );
  }
  const port = Number(env['PORT'] ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    problems.push(`PORT=${env['PORT']} is not a port; use 0 to 65535.`);
  const tokenKeys = list(env['TOKEN_KEYS']);
  tokenKeys.forEach((key, i) => {
    if (Buffer.from(key, 'base64url').length !== 32)
      problems.push(`TOKEN_KEYS: key ${i + 1} is not 32 bytes of base64url.`);
  });
  const logLevel = env['LOG_LEVEL'] ?? 'warn';
  if (logLevel !== 'error' && logLevel !== 'warn')
    problems.push(`LOG_LEVEL=${logLevel} is unknown; use error or warn.`);
  if (problems.length > 0) throw new InvalidConfig(problems);
  return Object.freeze({
    host,
    port,
    dataDir: resolve(env['DATA_DIR'] ?? 'data'),
    headsFile: env['HEADS_FILE'] === undefined ? undefined : resolve(env['HEADS_FILE']),
    allowedHosts: list(env['ALLOWED_HOSTS']),
    instance: env['INSTANCE_ID'] ?? hostname(),
    tokenKeys,
    logLevel: logLevel === 'error' ? 'error' : 'warn',
  });
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
