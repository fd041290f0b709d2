import type { RecordOptions } from '#event-log';
import type { DisclosedPart } from '#ledger';

/** What the routes ask the notary's thread. Answers are finished texts. */
export type NotaryRequest =
  /** Answered with the epoch, when the record was checked. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'head' }
  | { readonly kind: 'inclusion'; readonly position: number }
  | { readonly kind: 'consistency'; readonly from: number; readonly to: number }
  | ({ readonly kind: 'bundle' } & BundleRequest)
  /** The next lines of an open bundle; an empty text at its end. */
  | { readonly kind: 'lines'; readonly bundle: number }
  | { readonly kind: 'drop'; readonly bundle: number }
  | { readonly kind: 'stop' };

export interface BundleRequest {
  readonly crisis: string;
  /** Revision of the head in its stream. */
  readonly head: number;
  readonly hidden: readonly number[];
  readonly without: readonly DisclosedPart[];
}

/** What stops the server from serving: `RecordFault` or `UnusableKey`, as plain data. */
export interface Fault {
  /** These events are not what was recorded; a signed head is not of them; a file of keys is to be mended. */
  readonly kind: 'record' | 'split-view' | 'key';
  readonly message: string;
  readonly position?: number | undefined;
  readonly to?: number | undefined;
}

export interface NotaryAnswer {
  readonly id: number;
  readonly body: string;
}

/** Unasked: something stored was found to be wrong. */
export interface NotaryWarning {
  readonly fault: Fault;
}

export interface NotarySettings {
  readonly dataDir: string;
  readonly headsFile: string | undefined;
  /** Where heads are recorded for all instances; default: in the data folder. */
  readonly record: RecordOptions | undefined;
}
