import { EventLogError, RecordAway, type RecordOptions, recordUrl } from '#event-log';
import { UsageError } from './exit-codes';

/**
 * The EventStoreDB that the environment names; undefined where the record is in the data folder. Never an argument:
 * other users could see that.
 */
export function namedRecord(): RecordOptions | undefined {
  try {
    const url = recordUrl(process.env);
    return url === undefined ? undefined : { url };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A refusal of the log. EventStoreDB being away is not one, and has an exit code of its own. */
export const isRefusedByLog = (error: unknown): error is EventLogError =>
  error instanceof EventLogError && !(error instanceof RecordAway);
