import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BaseLevel, KeyBook, type KeyRecord, ROLES, type Scope } from '#access';
import { openSqliteLog, type RecordOptions, SystemStream } from '#event-log';
import { RecordSystemStream } from '#event-log/eventstoredb';
import { requireLog } from './audit/data-dir';
import { UsageError } from './exit-codes';
import { isRefusedByLog } from './named-record';

const DAY_MS = 86_400_000;

/** Where the keys are: the data folder of an embedded record, or EventStoreDB. */
export type KeyPlace = string | RecordOptions;

export interface NewKeyFlags {
  readonly name: string;
  readonly role?: keyof typeof ROLES;
  readonly scopes?: readonly Scope[];
  readonly level: BaseLevel;
  readonly red: readonly string[];
  readonly days: number;
}

/** Makes a key and answers with its secret, which is kept nowhere. A record that is not there yet is made. */
export async function createKey(place: KeyPlace, flags: NewKeyFlags, now: number): Promise<string> {
  const scopes = new Set([...(flags.role === undefined ? [] : ROLES[flags.role]), ...(flags.scopes ?? [])]);
  if (scopes.size === 0) throw new UsageError('say what the key is for: --role or --scopes');
  if (typeof place === 'string' && !existsSync(join(place, 'log.sqlite')))
    await (await openSqliteLog({ dataDir: place, instance: 'crisis-log', build: 'keys' })).close();
  const { name, level, red, days } = flags;
  const grant = { name, scopes: [...scopes], level, red, expiresAt: now + days * DAY_MS };
  return withBook(place, async (book) => (await book.create(grant, now)).secret);
}

export const listKeys = (place: KeyPlace, now: number): Promise<string[]> =>
  withBook(place, (book) => book.list().map((key) => lineOf(key, now)));

/** Servers of the record take notice within 5 s. */
export async function revokeKey(place: KeyPlace, keyId: string, now: number): Promise<void> {
  if (!(await withBook(place, (book) => book.revoke(keyId, now))))
    throw new UsageError(`there is no key with the id ${keyId}; "keys list" begins each line with one`);
}

async function withBook<T>(place: KeyPlace, use: (book: KeyBook) => T | Promise<T>): Promise<T> {
  try {
    await using stream = await openKeys(place);
    return await use(new KeyBook(stream));
  } catch (error) {
    if (error instanceof RangeError || isRefusedByLog(error)) throw new UsageError(error.message);
    throw error;
  }
}

const openKeys = async (place: KeyPlace): Promise<SystemStream | RecordSystemStream> =>
  typeof place === 'string'
    ? SystemStream.open(requireLog(place), 'crisislog-principals')
    : RecordSystemStream.open(place, 'crisislog-principals');

function lineOf({ keyId, name, level, red, scopes, expiresAt, revokedAt }: KeyRecord, now: number): string {
  const state = revokedAt !== undefined ? 'revoked' : expiresAt <= now ? 'expired' : 'holds';
  const until = new Date(revokedAt ?? expiresAt).toISOString();
  return [keyId, state, until, name, level, `RED:${red.join(',') || '-'}`, scopes.join(' ')].join('\t');
}
