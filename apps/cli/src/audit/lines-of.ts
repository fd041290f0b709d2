import { createReadStream } from 'node:fs';
import { Refusal } from '#ledger';
import { LineTooLong, readLines } from '#sources';
import { UsageError } from '../exit-codes';

/**
 * The lines of a file. Only a line feed ends one: texts may hold U+2028, at which node:readline would split. @throws
 * Refusal where a line is too long or no UTF-8 @throws UsageError where the file cannot be read
 */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const line of readLines(createReadStream(file))) yield decoder.decode(line);
  } catch (error) {
    if (error instanceof LineTooLong) throw new Refusal('line-malformed', error.message);
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new Refusal('line-malformed', 'a line is not UTF-8');
    throw syscall === undefined ? error : unreadable(file, error as Error);
  }
}

export const unreadable = (file: string, error: Error): UsageError =>
  new UsageError(`cannot read ${file}: ${error.message}`);
