import type { HeadEntry, LogReader } from '#event-log';
import { EMPTY_FRONTIER, extend, type Frontier, rootOf, sameHash, type VerifierKey } from '#ledger';
import { checkFile } from './check-start';
import { walk, type Walked } from './head-walk';
import type { Reached } from './heads-file';
import { RecordFault } from './record-fault';
import { openedSlices } from './opened-slices';

export interface RecordCheck {
  readonly origin: string;
  readonly events: number;
  readonly root: Uint8Array;
  /** Heads whose root the log was found to have. */
  readonly heads: number;
  /** Size of the last head in force; 0 where there is none. Events after it were recomputed, but are not signed for. */
  readonly signedSize: number;
  readonly epoch: number;
  /** Entries of the stream of heads that do not count: no key then valid signed them, or they are behind. */
  readonly ignored: number;
}

export interface HeadsToHold {
  readonly notes: readonly HeadEntry[];
  readonly reached?: Reached | undefined;
  /** Public keys that the auditor trusts. */
  readonly trusted: readonly VerifierKey[];
}

/**
 * Recomputes every event of a log and every head of it, trusting nothing that is stored beside them. Rejects with a
 * RecordFault naming the first position, or the range between two heads, that is not what was recorded.
 */
export async function checkRecord(
  reader: LogReader,
  { notes, reached, trusted }: HeadsToHold,
  onProgress?: (events: number) => void,
): Promise<RecordCheck> {
  checkFile(reader);
  const { origin } = reader.genesis();
  const events = reader.head() + 1;
  const { chain, heads, ignored } = headsOf(reader, notes, trusted);
  const due = [...heads, ...(reached ? [{ ...reached, origin }] : [])].sort((a, b) => a.size - b.size);
  const longest = due.at(-1)?.size ?? 0;
  if (events < longest) {
    throw new RecordFault('rolled-back', `the log has ${events} events and had ${longest}`, events, longest - 1);
  }
  let frontier: Frontier = EMPTY_FRONTIER;
  let [next, right] = [0, 0];
  for await (const leaves of openedSlices(reader, events)) {
    for (const leaf of leaves) {
      frontier = extend(frontier, [leaf]);
      for (; due[next]?.size === frontier.size; next++) {
        if (!sameHash(rootOf(frontier), due[next]!.root)) throw differs(reader, due[next]!.size, right);
      }
      if (next > 0) right = due[next - 1]!.size;
    }
    onProgress?.(frontier.size);
  }
  return {
    origin,
    events,
    root: rootOf(frontier),
    heads: heads.length,
    signedSize: chain?.last?.size ?? 0,
    epoch: chain?.epoch ?? 0,
    ignored: ignored.length,
  };
}

const differs = (reader: LogReader, size: number, right: number): RecordFault =>
  new RecordFault(
    reader.isMirror() ? 'split-view' : 'altered',
    `the events do not give the root that was recorded for ${size}`,
    right,
    size - 1,
  );

/**
 * The heads of the last epoch that stand. Of a stream that is the log's own, anything that is not validly signed, or
 * contradicts it, is refused; in EventStoreDB others may write, and what does not count is counted.
 */
function headsOf(reader: LogReader, notes: readonly HeadEntry[], trusted: readonly VerifierKey[]): Walked {
  if (notes.length === 0) {
    // A log gets its keys and the first entry of that stream at once.
    if (trusted.length > 0)
      throw new RecordFault('heads', 'the log has keys, and its stream of heads is lost: HEADS_FILE has it');
    return { chain: undefined, heads: [], ignored: [] };
  }
  const gap = notes.findIndex(({ revision }, i) => revision !== i);
  if (gap >= 0) throw new RecordFault('heads', `entry ${gap} is missing`);
  // An empty note is what was ignored when it came.
  const walked = walk(
    reader.genesis().origin,
    trusted,
    notes.filter(({ note }) => note !== ''),
  );
  if (walked.ignored[0] && (walked.chain === undefined || !reader.isMirror()))
    throw new RecordFault('heads', walked.ignored[0].message);
  return walked;
}
