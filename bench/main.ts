import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { benchAppend, benchGuard } from './append';
import { benchAsOf } from './as-of';
import { benchAudit } from './audit';
import { benchBulk } from './bulk';
import { benchEsdb } from './esdb';
import { benchFanOut } from './fan-out';
import type { Measured } from './measure';
import { benchRefold } from './refold';
import { benchStuckConsumers } from './stuck-consumers';

/** `npm run bench`, or `npm run bench -- append bulk`. Prints ratios; absolute figures only give the scale. */
const BENCHES: Readonly<Record<string, () => Promise<Measured[]>>> = {
  append: benchAppend,
  guard: benchGuard,
  bulk: benchBulk,
  'as-of': benchAsOf,
  refold: benchRefold,
  audit: benchAudit,
  esdb: benchEsdb,
  'fan-out': benchFanOut,
  stuck: benchStuckConsumers,
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined)
    throw new Error(`there is no bench ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, commit ${commit()}\n`);
  for (const name of names.length > 0 ? names : Object.keys(BENCHES))
    for (const measured of await BENCHES[name]!()) console.log(line(measured));
}

function line({ name, ratio, bar, scale }: Measured): string {
  const verdict =
    bar === undefined
      ? ''
      : `${bar[0]} ${bar[1]} ${(bar[0] === '>=' ? ratio >= bar[1] : ratio <= bar[1]) ? 'met' : 'MISSED'}`;
  return `${name.padEnd(46)} ${ratio.toFixed(3).padStart(7)}  ${verdict.padEnd(14)} ${scale}`;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
