import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { consumerRecordContract } from './consumer-record.contract';
import { eventLogContract } from './event-log.contract';
import { eventLogModel } from './event-log.model';

async function sqlite() {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
  return {
    open: (options: { clock?: () => number } = {}) =>
      openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0', ...options }),
    dispose: async () => rmSync(dataDir, { recursive: true }),
  };
}

eventLogContract('sqlite', sqlite);
consumerRecordContract('sqlite', sqlite);
eventLogModel('sqlite', sqlite);
