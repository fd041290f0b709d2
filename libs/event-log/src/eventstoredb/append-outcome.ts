import type { Revision } from '../event-log';

/**
 * What an append to EventStoreDB came to. `refused` and `away` are definite: nothing was stored by this call.
 * After `unknown` the call may have been executed, or may still be: only sending the same again can tell.
 */
export type AppendOutcome =
  | { readonly kind: 'stored'; readonly last: Revision }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused' | 'away' | 'unknown'; readonly reason: string };

interface ClientError {
  readonly type?: string;
  readonly code?: number;
  readonly message?: string;
}

const CONFLICT = 'wrong-expected-version';
const REFUSED: ReadonlySet<string> = new Set([
  'stream-deleted',
  'maximum-append-size-exceeded',
  'access-denied',
  'invalid-argument',
]);
/** The server, or the client before it sent anything, says that it has not begun. */
const NOT_BEGUN =
  /No connection established|Server Is Not Ready|Server Is Busy|Failed to connect|Failed to discover|^Not sent in time$/i;

/** By message and code where the client gives no type, which it does for some failures of the connection. */
export function outcomeOf(error: unknown): AppendOutcome {
  const { type, message = '' } = error as ClientError;
  const reason = reasonOf(error);
  if (type === CONFLICT) return { kind: 'conflict' };
  if (NOT_BEGUN.test(message)) return { kind: 'away', reason };
  // A node that is not the leader has not begun either.
  if (type === 'not-leader') return { kind: 'away', reason };
  if (type !== undefined && REFUSED.has(type)) return { kind: 'refused', reason };
  return { kind: 'unknown', reason };
}

/** Never the connection string: it may hold a password. */
export function reasonOf(error: unknown): string {
  const { type, code, message } = error as ClientError;
  return message || type || (code === undefined ? 'no reason given' : `code ${code}`);
}
