import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type RecordOptions, recordUrl } from '#event-log';
import { Environment, InvalidConfig } from './environment';

/** Everything the environment decides, read once at start and frozen. */
export interface Config {
  /** `HOST`, default loopback. Anything else needs credentials: a key in the record, or an issuer. */
  readonly host: string;
  /** `PORT`, default 3000; 0 takes a free one. */
  readonly port: number;
  /** `DATA_DIR`, default `./data`: the record, its caches and the token key. */
  readonly dataDir: string;
  /**
   * `EVENTSTOREDB_URL`, or the file that `EVENTSTOREDB_URL_FILE` names: `esdb://…`. Then the record is there, and the
   * data folder holds a mirror. May hold a password: never logged.
   */
  readonly eventStoreDb: RecordOptions | undefined;
  /** `HEADS_FILE`: every signed head again, outside the data folder, so that a folder rolled back is noticed. */
  readonly headsFile: string | undefined;
  /** `ALLOWED_HOSTS`, comma-separated: names that `Host` may carry besides the loopback ones. */
  readonly allowedHosts: readonly string[];
  /** `INSTANCE_ID`, default the machine's name: stored with each event as the instance that recorded it. */
  readonly instance: string;
  /**
   * `TOKEN_KEYS`, comma-separated base64url 256-bit keys: the first seals, all open. Default: a key file in the data
   * folder.
   */
  readonly tokenKeys: readonly string[];
  /**
   * `JWT_ISSUER`, `JWT_AUDIENCE` and `JWKS_URL`, all or none: access tokens of that issuer are taken beside API keys.
   */
  readonly jwt: JwtSettings | undefined;
  /**
   * `ACCESS_LOG`: the file of RED reads, one an instance; default beside the data folder,
   * `…-access/INSTANCE_ID.ndjson`.
   */
  readonly accessLog: string;
  /** `ACCESS_LOG` was given: reads of an open server are then logged too, under the name `open`. */
  readonly isAccessLogSet: boolean;
  /** `RATE_LIMIT`: requests a minute that each principal has; default 6000. An open server has none. */
  readonly rateLimit: number;
  /** `FAILURE_LIMIT`: how many invalid credentials a minute each address may send; default 60. */
  readonly failureLimit: number;
  /**
   * `TRUSTED_PROXIES`, comma-separated addresses or ranges: what they say of an address in `X-Forwarded-For` is
   * believed.
   */
  readonly trustedProxies: readonly string[];
  /** `LOG_LEVEL`: `error` or `warn` (default). */
  readonly logLevel: 'error' | 'warn';
}

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's keys are; https, or http on loopback. */
  readonly jwksUrl: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** What `Host` may name, in lower case: a name, an address, or one of IPv6 in brackets. */
const HOST_NAME = /^([\w.-]+|\[[0-9a-f:.]+\])$/;

export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/** @throws InvalidConfig naming everything in the environment that is not usable */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const env = new Environment(environment);
  const dataDir = resolve(env.text('DATA_DIR') ?? 'data');
  const instance = env.text('INSTANCE_ID') ?? hostname();
  const config: Config = {
    host: env.text('HOST') ?? '127.0.0.1',
    port: env.integer('PORT', 3000, { min: 0, max: 65535 }, 'is not a port; use 0 to 65535.'),
    dataDir,
    eventStoreDb: recordIn(env),
    headsFile: headsFileIn(env, dataDir),
    allowedHosts: env
      .list('ALLOWED_HOSTS', isHost, 'is no name, such as log.example.org, without a scheme or a port.')
      .map((host) => host.toLowerCase()),
    instance,
    tokenKeys: tokenKeysIn(env),
    jwt: jwtIn(env),
    accessLog: accessLogIn(env, dataDir, instance),
    isAccessLogSet: env.text('ACCESS_LOG') !== undefined,
    rateLimit: limitIn(env, 'RATE_LIMIT', 6000),
    failureLimit: limitIn(env, 'FAILURE_LIMIT', 60),
    trustedProxies: env.list('TRUSTED_PROXIES', isRange, 'is no address or range, such as 10.0.0.0/8.'),
    logLevel: logLevelIn(env),
  };
  env.requireUsable();
  return Object.freeze(config);
}

/** A server that others reach is never open. */
export function requireCredentials({ host, jwt }: Config, hasKeys: () => boolean): void {
  if (isLoopback(host) || jwt !== undefined || hasKeys()) return;
  throw new InvalidConfig([
    `HOST=${host} is reachable from elsewhere and there are no credentials: make a key with "crisis-log keys create", or set JWT_ISSUER, JWT_AUDIENCE and JWKS_URL; or use 127.0.0.1, ::1 or localhost.`,
  ]);
}

function recordIn(env: Environment): RecordOptions | undefined {
  try {
    const url = recordUrl(env.values);
    return url === undefined ? undefined : { url };
  } catch (error) {
    env.complain((error as Error).message);
    return undefined;
  }
}

const isInside = (folder: string, file: string): boolean => `${file}/`.startsWith(`${folder}/`);

function headsFileIn(env: Environment, dataDir: string): string | undefined {
  const given = env.text('HEADS_FILE');
  if (given === undefined) return undefined;
  const file = resolve(given);
  if (isInside(dataDir, file))
    env.complain(`HEADS_FILE=${file} lies in DATA_DIR and would be rolled back with it; put it on another disk.`);
  return file;
}

function accessLogIn(env: Environment, dataDir: string, instance: string): string {
  const file = resolve(env.text('ACCESS_LOG') ?? `${dataDir}-access/${instance.replace(/[^\w.-]/g, '_')}.ndjson`);
  if (isInside(dataDir, file))
    env.complain(`ACCESS_LOG=${file} lies in DATA_DIR, where who reads the record could change it; put it elsewhere.`);
  return file;
}

/** The keys themselves are in no message. */
function tokenKeysIn(env: Environment): readonly string[] {
  const keys = env.list('TOKEN_KEYS');
  for (const [i, key] of keys.entries())
    if (Buffer.from(key, 'base64url').length !== 32)
      env.complain(`TOKEN_KEYS: key ${i + 1} is not 32 bytes of base64url.`);
  return keys;
}

function jwtIn(env: Environment): JwtSettings | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWKS_URL: jwksUrl } = env.values;
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    env.complain('JWT_ISSUER, JWT_AUDIENCE and JWKS_URL go together; set all three or none.');
    return undefined;
  }
  const url = URL.parse(jwksUrl);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))))
    env.complain(`JWKS_URL=${jwksUrl}: keys come over https, or http from this machine.`);
  return { issuer, audience, jwksUrl };
}

const limitIn = (env: Environment, name: string, normal: number): number =>
  env.integer(name, normal, { min: 1, max: Infinity }, 'is no number of requests; use 1 or more.');

function logLevelIn(env: Environment): Config['logLevel'] {
  const level = env.text('LOG_LEVEL') ?? 'warn';
  if (level === 'error' || level === 'warn') return level;
  env.complain(`LOG_LEVEL=${level} is unknown; use error or warn.`);
  return 'warn';
}

const isHost = (text: string): boolean => HOST_NAME.test(text.toLowerCase());

function isRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128);
}
