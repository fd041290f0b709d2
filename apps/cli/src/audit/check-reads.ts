import { type ChainEnd, checkChain } from '#access';
import { linesOf } from './lines-of';

/** Follows the whole chain of a log of RED reads. @throws BrokenChain @throws UsageError where there is no such file */
export const checkReads = (file: string): Promise<ChainEnd> => checkChain(linesOf(file));

/** The digest is for comparing with one noted elsewhere: nothing else shows that lines were cut off at the end. */
export const printedReads = ({ lines, digest }: ChainEnd): string =>
  `VERIFIED: ${lines} reads of RED, each naming the one before; the last is ${digest || 'none'}`;
