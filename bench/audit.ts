import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '#event-log';
import { initKeys, Notary } from '#notary';
import type { Step, Stepped } from './audit-step';
import { filledLog } from './filled-log';
import { type Measured, perSecond } from './measure';

const CRISES = 10;
const EVENTS = Number(process.env['EVENTS'] ?? 1_000_000);
/** What a start may take on a record that is signed to near its end. */
const BOUND_S = 2 + (20 * EVENTS) / 1_000_000;

/** Progress is for people. */
const OPTIONS: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

/**
 * What it takes to check a record, at start and as an auditor, and to make and verify the bundle of one of its ten
 * crises; each in a process of its own, whose memory is its peak. Limits are a read of the same bytes and their SHA-256.
 */
export async function benchAudit(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  try {
    await signedRecord(folder);
    const run = (step: Step): Stepped =>
      JSON.parse(execFileSync(process.execPath, [join(__dirname, 'audit-step.js'), step, folder], OPTIONS)) as Stepped;
    const start = run('start');
    const [rawLog, record] = [run('hash-log'), run('verify-record')];
    const [exported, rawBundle, bundle] = [run('export-bundle'), run('hash-bundle'), run('verify-bundle')];
    const proofs = run('proofs');
    // Last: it throws the tree away.
    const lost = run('start-without-tree');
    return [
      { ...startCheck('start check, signed to its end / bound', start), bar: ['<=', 1] },
      startCheck('start check, ledger.sqlite lost / bound', lost),
      against('verify --record / read and SHA-256', record, rawLog),
      against('export of a bundle / read and SHA-256', exported, rawBundle, bundleSize(folder, exported)),
      against('verify BUNDLE / read and SHA-256', bundle, rawBundle),
      ...Object.entries(proofs.hashes!).map(([name, hashes]) => ({
        name: `${name}: hashes`,
        ratio: hashes,
        scale: `${hashes * 32} bytes at ${EVENTS.toLocaleString('en')} events`,
      })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A data folder with keys, and HEADS_FILE beside it; every event under a signed head. */
async function signedRecord(folder: string): Promise<void> {
  const dataDir = join(folder, 'data');
  const log = await filledLog(dataDir, CRISES, EVENTS / CRISES);
  await initKeys(dataDir, log.reader.genesis().origin, join(folder, 'recovery.key'));
  await log.close();
  const reader = openReader(dataDir);
  const notary = Notary.open({ dataDir, reader, headsFile: join(folder, 'heads') });
  await notary.settle(Date.now());
  notary.close();
  reader.close();
}

const startCheck = (name: string, { seconds, rssMiB }: Stepped): Measured => ({
  name,
  ratio: seconds / BOUND_S,
  scale: `${seconds.toFixed(1)} s of ${BOUND_S.toFixed(1)} s, ${rssMiB} MiB`,
});

/** As a part of the rate at which nothing is done with the same bytes but to hash them. */
const against = (name: string, ours: Stepped, limit: Stepped, also = ''): Measured => {
  const [rate, most] = [ours.events / ours.seconds, limit.events / limit.seconds];
  return { name, ratio: rate / most, scale: `${perSecond(rate)} of ${perSecond(most)}, ${ours.rssMiB} MiB${also}` };
};

const bundleSize = (folder: string, { events }: Stepped): string =>
  `, ${Math.round(statSync(join(folder, 'bundle.ndjson')).size / events)} bytes an event`;
