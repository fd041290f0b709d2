import { CommanderError } from 'commander';
import { Refused, Unanswered } from '#client';
import { EventLogError, RecordAway } from '#event-log';
import { Refusal } from '#ledger';
import { KeysExist, KeysMissing, NothingToDisown, RecordFault, UnusableKey } from '#notary';
import { EXIT, ServerUnreachable, UsageError } from './exit-codes';
import { CopyRefused } from './record/copy';

/** Errors by which the record's own rules refuse something. */
const REFUSALS = [RecordFault, Refusal, EventLogError, KeysExist, KeysMissing, UnusableKey, NothingToDisown];

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof Refused) return EXIT.usage;
  const isUnreachable = error instanceof ServerUnreachable || error instanceof Unanswered || isAway(error);
  return isUnreachable ? EXIT.unreachable : EXIT.refused;
}

/** A failure in one sentence; undefined for a fault of this program, whose stack trace is shown. */
export function toldOf(error: unknown): string | undefined {
  if ([UsageError, ServerUnreachable, CopyRefused].some((kind) => error instanceof kind))
    return (error as Error).message;
  if (isAway(error))
    return error instanceof RecordAway ? error.message : `EventStoreDB cannot be used now (${error.message})`;
  if (error instanceof Refused) return `the server answers ${error.message}`;
  if (REFUSALS.some((kind) => error instanceof kind)) return `refused: ${(error as Error).message}`;
  if (error instanceof Unanswered) return `the server gives no answer: ${error.message}`;
  return isOfTheSystem(error) ? `the system refuses: ${error.message}` : undefined;
}

/** EventStoreDB does not answer, as the log says, or as its client does: its errors have a numeric `code`. */
const isAway = (error: unknown): error is Error =>
  error instanceof RecordAway || (error instanceof Error && typeof (error as { code?: unknown }).code === 'number');

/** A file that cannot be opened or written: the message says which, and why. */
const isOfTheSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;
