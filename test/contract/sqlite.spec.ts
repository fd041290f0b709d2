import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { Engine, eventLogContract } from './event-log.contract';
import { eventLogModel } from './event-log.model';

async function sqlite(): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
  return {
    open: (options = {}) => openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0', ...options }),
    dispose: async () => rmSync(dataDir, { recursive: true }),
  };
}

eventLogContract('sqlite', sqlite);
eventLogModel('sqlite', sqlite);
