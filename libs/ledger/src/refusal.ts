/** Why something was refused. Part of the interface: a verifier's exit message and its tests name them. */
export type Reason =
  /** A hash, a size, an index or a position that cannot be one. */
  | 'hash-malformed'
  | 'out-of-range'
  /** Proofs. */
  | 'proof-too-short'
  | 'proof-too-long'
  | 'root-differs'
  /** Keys and notes. */
  | 'key-malformed'
  | 'note-malformed'
  | 'signature-wrong'
  | 'signature-unknown'
  /** Tree heads and their chain. */
  | 'head-malformed'
  | 'head-behind'
  | 'head-disowned'
  | 'head-superseded'
  | 'split-view'
  | 'statement-malformed'
  | 'wrong-origin'
  | 'not-next'
  | 'recovery-key-needed'
  | 'entry-out-of-order'
  | 'entry-ignored'
  /** Events. */
  | 'event-malformed'
  | 'commitment-differs'
  | 'content-hash-differs'
  /** Bundles. */
  | 'line-malformed'
  | 'line-out-of-order'
  | 'position-out-of-order'
  | 'revision-gap'
  | 'claim-differs'
  | 'truncated';

/** Where: whatever of these is known. */
export interface Where {
  /** Of the bundle, from 1. */
  readonly line?: number;
  /** In the dense order, from 0. */
  readonly position?: number;
  /** Of the event in its stream, or of the entry in the stream of heads, from 0. */
  readonly revision?: number;
  /** Of the event: place, header, author, content, refs, sources. */
  readonly part?: string;
}

/** The one error of this library: something did not verify, or cannot be proved. Nothing of it may be trusted. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly detail: string;

  /** `detail` may quote what was refused: it is made printable here. */
  constructor(
    readonly reason: Reason,
    detail: string,
    readonly where: Where = {},
  ) {
    const places = Object.entries(where).map(([name, value]) => `${name} ${value}`);
    const shown = printable(detail);
    super(`${reason}: ${shown}${places.length > 0 ? ` (${places.join(', ')})` : ''}`);
    this.detail = shown;
  }

  /** The same, with more said of where. */
  at(where: Where): Refusal {
    return new Refusal(this.reason, this.detail, { ...where, ...this.where });
  }
}

const MAX_SHOWN = 500;

/**
 * Someone else's text, as it may be shown on a terminal: one line, cut at `maxLength` (UTF-16 code units), that moves no
 * cursor. Else a bundle that is refused could itself print that it was verified.
 */
export const printable = (text: string, maxLength = MAX_SHOWN): string =>
  (text.length > maxLength ? `${text.slice(0, maxLength)}…` : text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

/** Runs `step`; what it refuses says also where. */
export function locate<T>(where: Where, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof Refusal ? error.at(where) : error;
  }
}
