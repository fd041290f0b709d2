import { type LogReader, streamOf } from '#event-log';
import { type BundleEvent, type DisclosedPart, type HeadChain, type SigningKey, writeBundle } from '#ledger';
import type { LedgerStore } from './ledger-store';
import type { SignedHead } from './head-stream';
import { checkLeaf } from './check-start';
import { openedStream } from './stored-leaves';

export interface BundleQuestion {
  readonly crisis: string;
  /** Positions below the head that the reader may not see, by markings looked at after the head was made. */
  readonly hidden: ReadonlySet<number>;
  /** Parts that are left out of every event. */
  readonly without: readonly DisclosedPart[];
}

export interface BundleSource {
  readonly reader: LogReader;
  readonly store: LedgerStore;
  readonly chain: HeadChain;
  readonly head: SignedHead;
  readonly key: SigningKey;
}

/** The lines of the bundle of a crisis. Every event is opened again from stored bytes before it is handed out. */
export const crisisBundle = (source: BundleSource, question: BundleQuestion): Generator<string> =>
  writeBundle({
    crisis: question.crisis,
    origin: source.chain.origin,
    events: eventsOf(source, question),
    subtrees: source.store.subtrees,
    head: source.head,
    statements: source.store.statements(),
    tip: source.chain.tip,
    key: source.key,
  });

function* eventsOf(source: BundleSource, { crisis, hidden, without }: BundleQuestion): Generator<BundleEvent> {
  const { reader, store, head } = source;
  for (const { position, parts, salts, commitments, leaf } of openedStream(reader, streamOf(crisis), head.size)) {
    checkLeaf(store, position, leaf);
    const { place: _place, ...all } = parts;
    const shown = Object.entries(all).filter(([part]) => !without.includes(part as DisclosedPart));
    yield { position, commitments, salts, parts: hidden.has(position) ? {} : Object.fromEntries(shown) };
  }
}
