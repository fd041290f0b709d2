import { hash } from 'node:crypto';

/**
 * NDJSON in which each line has its number, `line`, and the SHA-256 of the one before it, `previous` (base64url; empty
 * in the first): none can be taken out or changed without the next one showing it.
 */
export interface ChainEnd {
  /** How many lines there are. */
  readonly lines: number;
  /** SHA-256 of the last. */
  readonly digest: string;
}

export const CHAIN_START: ChainEnd = { lines: 0, digest: '' };

/** The line of `members`, and the end of the chain with it. */
export function chainLine(end: ChainEnd, members: object): { readonly text: string; readonly end: ChainEnd } {
  const text = JSON.stringify({ line: end.lines, ...members, previous: end.digest });
  return { text, end: { lines: end.lines + 1, digest: digestOf(text) } };
}

/**
 * Where a chain ends, from its last line, which must follow from the one before it. What lies further back is for
 * `checkChain`. @throws BrokenChain
 */
export function chainEnd(last: string, before: string | undefined): ChainEnd {
  const { line, previous } = membersOf(last);
  const lines = before === undefined ? 0 : Number(membersOf(before).line) + 1;
  if (line !== lines || previous !== (before === undefined ? '' : digestOf(before)))
    throw new BrokenChain(typeof line === 'number' ? line : lines);
  return { lines: lines + 1, digest: digestOf(last) };
}

/** All of it, from its first line on. @throws BrokenChain */
export async function checkChain(lines: Iterable<string> | AsyncIterable<string>): Promise<ChainEnd> {
  let end = CHAIN_START;
  for await (const text of lines) {
    const { line, previous } = membersOf(text);
    if (line !== end.lines || previous !== end.digest) throw new BrokenChain(end.lines);
    end = { lines: end.lines + 1, digest: digestOf(text) };
  }
  return end;
}

export class BrokenChain extends Error {
  constructor(readonly line: number) {
    super(`the chain breaks at line ${line}`);
  }
}

const digestOf = (text: string): string => hash('sha256', text, 'base64url');

function membersOf(text: string): { line?: unknown; previous?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}
