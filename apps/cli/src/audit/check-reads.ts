import { open } from 'node:fs/promises';
import { type ChainEnd, checkChain } from '#access';
import { UsageError } from '../exit-codes';

/** Follows the whole chain of a log of RED reads. @throws BrokenChain @throws UsageError where there is no such file */
export async function checkReads(path: string): Promise<ChainEnd> {
  const file = await open(path).catch((error: Error) => {
    throw new UsageError(`cannot read ${path}: ${error.message}`);
  });
  return checkChain(file.readLines());
}

/** The digest is to be compared with one that was noted elsewhere: only that shows lines cut off at the end. */
export const printedReads = ({ lines, digest }: ChainEnd): string =>
  `VERIFIED: ${lines} reads of RED, each naming the one before; the last is ${digest || 'none'}`;
