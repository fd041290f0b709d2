import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openReader } from '#event-log';
import { consistencyProof, inclusionProof, multiProof } from '#ledger';
import { crisisBundle, Notary } from '#notary';
import { checkRecord } from '../apps/cli/src/audit/check-record';
import { verifyFile } from '../apps/cli/src/audit/verify-file';

/** One step of the audit bench, alone in its process: `node dist/bench/audit-step.js STEP FOLDER`. */
export type Step = keyof typeof STEPS;

export interface Stepped {
  readonly events: number;
  readonly seconds: number;
  /** At most, of the whole process. */
  readonly rssMiB: number;
  /** Of proofs: how many hashes they have. */
  readonly hashes?: Readonly<Record<string, number>>;
}

interface Done {
  readonly events: number;
  /** Milliseconds, as of `performance.now()`: when the step began, where it did not at once. */
  readonly since?: number;
  readonly hashes?: Readonly<Record<string, number>>;
}

const CRISIS = 'c3';
const CHUNK_CHARS = 256 * 1024;

const STEPS = {
  'hash-log': (folder: string): Done => {
    const db = new DatabaseSync(join(folder, 'data', 'log.sqlite'), { readOnly: true });
    const sha256 = createHash('sha256');
    let events = 0;
    for (const row of db.prepare('select body, seal from event order by position').iterate()) {
      sha256.update(row['body'] as string).update(row['seal'] as Uint8Array);
      events++;
    }
    db.close();
    sha256.digest();
    return { events };
  },
  start: startOf,
  'start-without-tree': (folder: string): Done => {
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, 'data', `ledger.sqlite${end}`), { force: true });
    return startOf(folder);
  },
  'verify-record': (folder: string): Promise<Done> =>
    checkRecord({ dataDir: join(folder, 'data'), heads: join(folder, 'heads') }),
  'export-bundle': (folder: string): Done =>
    withNotary(folder, ({ store, chain, head, signer }) => {
      const reader = openReader(join(folder, 'data'));
      const file = openSync(join(folder, 'bundle.ndjson'), 'w');
      const question = { crisis: CRISIS, hidden: new Set<number>(), without: [] };
      const source = { reader, store, chain: chain!, head: head!, key: signer! };
      let text = '';
      for (const line of crisisBundle(source, question)) {
        text += `${line}\n`;
        if (text.length < CHUNK_CHARS) continue;
        writeSync(file, text);
        text = '';
      }
      writeSync(file, text);
      closeSync(file);
      const events = reader.streamHead(`crisis-${CRISIS}`) + 1;
      reader.close();
      return { events };
    }),
  'hash-bundle': async (folder: string): Promise<Done> => {
    const sha256 = createHash('sha256');
    let lines = 0;
    for await (const chunk of createReadStream(join(folder, 'bundle.ndjson')) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    }
    sha256.digest();
    return { events: lines };
  },
  'verify-bundle': (folder: string): Promise<Done> =>
    verifyFile(join(folder, 'bundle.ndjson'), { key: join(folder, 'data', 'log.vkey') }),
  proofs: (folder: string): Done =>
    withNotary(folder, ({ store: { size, subtrees } }) => {
      const third = Math.floor(size / 3);
      const thousand = Array.from({ length: 1_000 }, (_, i) => Math.floor((i * size) / 1_000));
      const hashes = {
        'inclusion proof': inclusionProof(subtrees, third, size).length,
        'consistency proof': consistencyProof(subtrees, third, size).length,
        'proof of 1,000 events': multiProof(subtrees, thousand, size).length,
      };
      return { events: size, hashes };
    }),
};

/** What it takes to open the record is the step `start`, and no part of the others. */
function withNotary(folder: string, use: (notary: Notary) => Done): Done {
  const reader = openReader(join(folder, 'data'));
  const notary = Notary.open({ dataDir: join(folder, 'data'), reader, headsFile: join(folder, 'heads') });
  const since = performance.now();
  const done = use(notary);
  notary.close();
  reader.close();
  return { since, ...done };
}

function startOf(folder: string): Done {
  const { events } = withNotary(folder, ({ store }) => ({ events: store.size }));
  return { events };
}

async function main(step: Step, folder: string): Promise<void> {
  const started = performance.now();
  const { events, hashes, since = started } = await STEPS[step](folder);
  const seconds = (performance.now() - since) / 1000;
  const rssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ events, seconds, rssMiB, hashes }));
}

void main(process.argv[2] as Step, process.argv[3]!);
