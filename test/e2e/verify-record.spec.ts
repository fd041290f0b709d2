import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { initKeys, Notary, readSecretKey } from '#notary';
import { checkRecord } from '../../apps/cli/src/audit/check-record';
import { signHead } from '../../libs/ledger/src/tree-head';
import { append, newEvent } from '../contract/new-event';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-verify-'));
const [dataDir, heads] = [join(folder, 'data'), join(folder, 'heads')];

beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b', origin: 'log.example' });
  await initKeys(dataDir, 'log.example', join(folder, 'recovery.key'));
  const notary = Notary.open({ dataDir, reader: log.reader, headsFile: heads });
  for (let size = 1; size <= 3; size++) {
    await log.append(append('crisis-s', newEvent()));
    await notary.settle(size);
  }
  notary.close();
  await log.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a data folder is verified against HEADS_FILE, also where that lacks the last heads', async () => {
  const older = join(folder, 'older');
  writeFileSync(older, `${notes().slice(0, 2).map(lineOf).join('')}`);
  for (const file of [heads, older])
    expect(await checkRecord({ dataDir, heads: file })).toMatchObject({ events: 3, heads: 3, signedSize: 3 });
});

test('a data folder whose history was made again, with the same key and longer, is not the one in HEADS_FILE', async () => {
  const other = { origin: 'log.example', size: 1, root: Buffer.alloc(32, 7) };
  const note = signHead(other, readSecretKey(join(dataDir, 'signing.key')));
  const before = join(folder, 'before');
  writeFileSync(before, `${[notes()[0]!, { revision: 1, note }].map(lineOf).join('')}`);
  await expect(checkRecord({ dataDir, heads: before })).rejects.toThrow('two entries of revision 1');
});

interface Note {
  readonly revision: number;
  readonly note: string;
}

const notes = (): Note[] =>
  readFileSync(heads, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Note)
    .filter(({ note }) => note !== undefined);

const lineOf = (note: Note): string => `${JSON.stringify(note)}\n`;
