import { type RecordOptions, recordUrl } from '#event-log';
import { UsageError } from './exit-codes';

/** The EventStoreDB that the environment names; undefined where the record is in the data folder. Never an argument: others see those. */
export function namedRecord(): RecordOptions | undefined {
  try {
    const url = recordUrl(process.env);
    return url === undefined ? undefined : { url };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
