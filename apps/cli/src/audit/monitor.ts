import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { CrisisLog, Patience } from '#client';
import { Refusal } from '#ledger';
import { clientOf } from '../client-of';
import { EXIT, ServerUnreachable } from '../exit-codes';
import { urlOption } from '../url-option';
import { HeadWatch, type SeenHead, type SeenNote } from './head-watch';
import { readKeys } from './verify-file';

interface Flags {
  readonly url: string;
  readonly key: string;
  readonly heads: string;
  readonly every?: number;
  readonly maxAge?: number;
  readonly json: boolean;
}

/** Gives up after some seconds: a monitor is there to report. */
const PATIENCE: Patience = { attempts: 4, firstDelayMs: 250, maxDelayMs: 2_000 };

export const monitorCommand = (): Command =>
  new Command('monitor')
    .description('Watch the tree heads of a server over time, from outside, and say when one contradicts another.')
    .requiredOption('--key <file>', 'public keys that you trust, from elsewhere than the server')
    .requiredOption('--heads <file>', 'where to keep the heads that were seen: a file of your own')
    .option('--every <seconds>', 'go on until something is wrong; default: once', seconds)
    .option('--max-age <seconds>', 'refuse when no new head was seen for so long', seconds)
    .addOption(urlOption())
    .option('--json', 'a line of JSON a round', false)
    .action(runMonitor);

async function runMonitor(flags: Flags): Promise<void> {
  const trusted = await readKeys(flags.key);
  try {
    const watch = new HeadWatch(flags.heads, trusted, trusted[0]!.name);
    do await round(watch, flags);
    while (flags.every !== undefined && (await sleep(flags.every * 1_000, true)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { reason, detail, where } = error;
    console.log(flags.json ? JSON.stringify({ refused: reason, detail, ...where }) : `REFUSED: ${error.message}`);
    process.exitCode = EXIT.refused;
  }
}

async function round(watch: HeadWatch, { url, maxAge, json }: Flags): Promise<void> {
  const client = clientOf(url, PATIENCE);
  const seen = headIn(await client.audit('tree-head'));
  const before = watch.size;
  const now = Date.now();
  const said = await watch.take(seen, (from, to) => proofOf(client, from, to), now);
  const ageMs = now - (watch.lastSeenAt ?? now);
  if (maxAge !== undefined && ageMs > maxAge * 1_000)
    throw new Refusal('head-behind', `no new head for ${Math.round(ageMs / 1_000)} s`);
  const { size } = watch;
  if (json) console.log(JSON.stringify({ consistent: true, before, size, said }));
  else
    console.log(
      `consistent: ${before} events, now ${size}${said.map((text) => `\nsaid by its keeper: ${text}`).join('')}`,
    );
}

async function proofOf(client: CrisisLog, from: number, to: number): Promise<Uint8Array[]> {
  const { proof } = objectIn(await client.audit('proofs/consistency', { from: `${from}`, to: `${to}` }));
  if (!Array.isArray(proof) || !proof.every((hash) => typeof hash === 'string')) throw noAnswer();
  return proof.map((hash) => Buffer.from(hash, 'base64'));
}

function headIn(text: string): SeenHead {
  const { revision, note, statements } = objectIn(text);
  if (!isNote({ revision, note }) || !Array.isArray(statements) || !statements.every(isNote)) throw noAnswer();
  return { revision, note, statements } as SeenHead;
}

const isNote = (value: Partial<Record<keyof SeenNote, unknown>> | null): boolean =>
  Number.isSafeInteger(value?.revision) && typeof value?.note === 'string';

function objectIn(text: string): Partial<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    throw noAnswer();
  }
}

/** Something other than a crisis log answers, which says nothing about the record. */
const noAnswer = () => new ServerUnreachable('what answers there is no crisis log that this monitor understands');

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('a number of seconds.');
}
