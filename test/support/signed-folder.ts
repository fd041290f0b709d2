import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { initKeys } from '#notary';
import { type ServerProcess, spawnServer } from './server-process';

/** A folder as an operator has it: the data folder, with keys, and outside it HEADS_FILE and the recovery key. */
export interface SignedFolder {
  readonly folder: string;
  readonly dataDir: string;
  readonly heads: string;
  readonly recovery: string;
  serve(): Promise<ServerProcess>;
}

export async function signedFolder(): Promise<SignedFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-signed-'));
  const [dataDir, heads, recovery] = [join(folder, 'data'), join(folder, 'heads'), join(folder, 'recovery.key')];
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b', origin: 'log.example' });
  await initKeys(dataDir, 'log.example', recovery);
  await log.close();
  return { folder, dataDir, heads, recovery, serve: () => spawnServer(dataDir, { HEADS_FILE: heads }) };
}

/** Sends an element; resolves when it is acknowledged. */
export async function send(url: string, element: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(element) });
  if (answer.status !== 201) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

export interface AskedHead {
  readonly size: number;
  readonly root: string;
  readonly revision: number;
  readonly keys: readonly string[];
}

/** The head over everything acknowledged so far: each time there is something new, another. */
export const askHead = async ({ url }: ServerProcess): Promise<AskedHead> =>
  (await (await fetch(`${url}/v1/audit/tree-head`)).json()) as AskedHead;
