/**
 * The record in EventStoreDB. An entry of its own: whoever has the record in a file does not load the client, which
 * takes a fifth of a thread's start.
 */
export { compareMirror } from './compare-mirror';
export { copyFromRecord } from './copy-from-record';
export { copyToRecord } from './copy-to-record';
export { EventStoreLog, type EventStoreLogOptions, openEventStoreLog } from './eventstore-log';
export { RecordSystemStream } from './record-system-stream';
export { setUpRecord } from './set-up-record';
