import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type RecordOptions, recordUrl } from '#event-log';

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
  const jwt = jwtIn(env, problems);
  const port = Number(env['PORT'] ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    problems.push(`PORT=${env['PORT']} is not a port; use 0 to 65535.`);
  const tokenKeys = list(env['TOKEN_KEYS']);
  tokenKeys.forEach((key, i) => {
    if (Buffer.from(key, 'base64url').length !== 32)
      problems.push(`TOKEN_KEYS: key ${i + 1} is not 32 bytes of base64url.`);
  });
  const rateLimit = limitIn(env, 'RATE_LIMIT', 6000, problems);
  const failureLimit = limitIn(env, 'FAILURE_LIMIT', 60, problems);
  const trustedProxies = list(env['TRUSTED_PROXIES']);
  for (const proxy of trustedProxies)
    if (!isRange(proxy)) problems.push(`TRUSTED_PROXIES: ${proxy} is no address or range, such as 10.0.0.0/8.`);
  const allowedHosts = list(env['ALLOWED_HOSTS']).map((host) => host.toLowerCase());
  for (const host of allowedHosts)
    if (!HOST_NAME.test(host))
      problems.push(`ALLOWED_HOSTS: ${host} is no name, such as log.example.org, without a scheme or a port.`);
  const dataDir = resolve(env['DATA_DIR'] ?? 'data');
  const instance = env['INSTANCE_ID'] ?? hostname();
  const accessLog = resolve(env['ACCESS_LOG'] ?? `${dataDir}-access/${instance.replace(/[^\w.-]/g, '_')}.ndjson`);
  const headsFile = env['HEADS_FILE'] === undefined ? undefined : resolve(env['HEADS_FILE']);
  const isInDataDir = (file: string): boolean => `${file}/`.startsWith(`${dataDir}/`);
  if (isInDataDir(accessLog))
    problems.push(
      `ACCESS_LOG=${accessLog} lies in DATA_DIR, where who reads the record could change it; put it elsewhere.`,
    );
  if (headsFile !== undefined && isInDataDir(headsFile))
    problems.push(`HEADS_FILE=${headsFile} lies in DATA_DIR and would be rolled back with it; put it on another disk.`);
  const logLevel = env['LOG_LEVEL'] ?? 'warn';
  if (logLevel !== 'error' && logLevel !== 'warn')
    problems.push(`LOG_LEVEL=${logLevel} is unknown; use error or warn.`);
  const eventStoreDb = eventStoreDbIn(env, problems);
  if (problems.length > 0) throw new InvalidConfig(problems);
  return Object.freeze({
    host: env['HOST'] ?? '127.0.0.1',
    port,
    dataDir,
    eventStoreDb,
    headsFile,
    allowedHosts,
    instance,
    tokenKeys,
    jwt,
    accessLog,
    isAccessLogSet: env['ACCESS_LOG'] !== undefined,
    rateLimit,
    failureLimit,
    trustedProxies,
    logLevel: logLevel === 'error' ? 'error' : 'warn',
  });
}

function eventStoreDbIn(env: NodeJS.ProcessEnv, problems: string[]): RecordOptions | undefined {
  try {
    const url = recordUrl(env);
    return url === undefined ? undefined : { url };
  } catch (error) {
    problems.push((error as Error).message);
    return undefined;
  }
}

/** A server that others reach is never open. */
export function requireCredentials({ host, jwt }: Config, hasKeys: () => boolean): void {
  if (isLoopback(host) || jwt !== undefined || hasKeys()) return;
  throw new InvalidConfig([
    `HOST=${host} is reachable from elsewhere and there are no credentials: make a key with "crisis-log keys create", or set JWT_ISSUER, JWT_AUDIENCE and JWKS_URL; or use 127.0.0.1, ::1 or localhost.`,
  ]);
}

function jwtIn(env: Record<string, string | undefined>, problems: string[]): JwtSettings | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWKS_URL: jwksUrl } = env;
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    problems.push('JWT_ISSUER, JWT_AUDIENCE and JWKS_URL go together; set all three or none.');
    return undefined;
  }
  const url = URL.parse(jwksUrl);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))))
    problems.push(`JWKS_URL=${jwksUrl}: keys come over https, or http from this machine.`);
  return { issuer, audience, jwksUrl };
}

function limitIn(env: Record<string, string | undefined>, name: string, normal: number, problems: string[]): number {
  const limit = Number(env[name] ?? normal);
  if (!Number.isInteger(limit) || limit < 1)
    problems.push(`${name}=${env[name]} is no number of requests; use 1 or more.`);
  return limit;
}

function isRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128);
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
