import { ENTRIES_KEPT } from '../consumer-record';
import { EventLogError, RecordAway } from '../errors';
import type { Genesis } from '../sqlite/schema';
import { reasonOf } from './append-outcome';
import { CLOCK_STREAM, READINGS_KEPT } from './clock-check';
import { consumerStreams } from './copy-consumers';
import { genesisOf } from './genesis';
import { RecordClient, type RecordOptions } from './record-client';

const ADMINS = '$admins';

/**
 * Prepares an EventStoreDB for a log, as its administrator: makes the record's identity, and lets `user` read `$all`
 * and read and write streams, but neither delete them nor change their settings. Repeating it lets the server forget
 * what named consumers that were made since do not need any more. Other users than administrators have no access
 * afterwards. A server that runs insecurely takes the settings of users and follows none of them.
 */
export async function setUpRecord(options: RecordOptions, user: string, origin?: string): Promise<Genesis> {
  await using record = new RecordClient(options);
  try {
    const genesis = await genesisOf(record, origin);
    const both = [user, ADMINS];
    await record.setDefaultAcl({
      $userStreamAcl: { $r: both, $w: both, $d: ADMINS, $mr: both, $mw: ADMINS },
      $systemStreamAcl: { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS },
    });
    await record.setReadersOfAll(both);
    // Now, since later only an administrator may set this.
    await record.keepOnly(CLOCK_STREAM, READINGS_KEPT);
    for (const stream of await consumerStreams(record)) await record.keepOnly(stream, ENTRIES_KEPT);
    return genesis;
  } catch (error) {
    throw error instanceof EventLogError ? error : new RecordAway({ reason: reasonOf(error) });
  }
}
