import { describeOnRecord, eventstoredb } from '../support/record';
import { consumerRecordContract } from './consumer-record.contract';
import { eventLogContract } from './event-log.contract';
import { eventLogModel } from './event-log.model';
import { headRecordContract } from './head-record.contract';

/** Each run makes a record of its own on the server, a second or so. */
const MODEL_RUNS = 10;

describeOnRecord('on EventStoreDB', () => {
  eventLogContract('eventstoredb', eventstoredb);
  consumerRecordContract('eventstoredb', eventstoredb);
  headRecordContract('eventstoredb', eventstoredb);
  const runs = process.env['LONG'] ? 200 : MODEL_RUNS;
  eventLogModel('eventstoredb', eventstoredb, { runs, isOrderedAcrossStreams: false });
});
