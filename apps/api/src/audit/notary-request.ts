import type { DisclosedPart } from '#ledger';
import type { Problem } from '../http/problem';

/** What the routes ask the notary's thread. Answers are finished texts. */
export type NotaryRequest =
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

/** What stops the server from serving: `RecordFault`, as plain data. */
export interface Fault {
  readonly message: string;
  readonly position?: number | undefined;
  readonly to?: number | undefined;
}

export type NotaryReply =
  | { readonly id: number; readonly body: string }
  | { readonly id: number; readonly failure: string; readonly problem?: Pick<Problem, 'type' | 'detail' | 'extra'> }
  /** Unasked: something stored was found to be wrong. */
  | { readonly fault: Fault }
  | { readonly ready: { readonly epoch: number; readonly signs: boolean } };

export interface NotarySettings {
  readonly dataDir: string;
  readonly headsFile: string | undefined;
}
