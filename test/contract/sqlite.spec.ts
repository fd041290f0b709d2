import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { HeadTable, LedgerStore } from '#notary';
import { consumerRecordContract } from './consumer-record.contract';
import { eventLogContract } from './event-log.contract';
import { eventLogModel } from './event-log.model';
import { headRecordContract } from './head-record.contract';

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
headRecordContract('sqlite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
  return {
    async open() {
      const store = LedgerStore.open(dataDir);
      return { heads: new HeadTable(store), close: async () => store.close() };
    },
    dispose: async () => rmSync(dataDir, { recursive: true }),
  };
});
eventLogModel('sqlite', sqlite);
