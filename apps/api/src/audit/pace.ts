/** Behind by no more than this while appends come in: a few tens of milliseconds of work a second. */
export const MAX_LAG_MS = 5_000;
export const MAX_LAG_EVENTS = 200_000;
/** So many are some milliseconds of work: they do not wait. */
export const FEW_EVENTS = 200;

/**
 * When the notary takes in what came: at once while that is little, as up to two thousand events a second are. While
 * more come in the processor is theirs, until the tree is behind by so many events, or for so long; then it catches up,
 * and leaves them alone again. Whoever asks for a head or a proof does not wait for this.
 */
export class Pace {
  private lastHead = -1;
  private behindSince: number | undefined;

  /** `head` and `size` of log and tree: is it the notary's turn? Asked once a round. */
  isTurn(head: number, size: number, nowMs: number): boolean {
    const isQuiet = head === this.lastHead;
    this.lastHead = head;
    this.behindSince = size > head ? undefined : (this.behindSince ?? nowMs);
    const lagMs = this.behindSince === undefined ? 0 : nowMs - this.behindSince;
    const behind = head + 1 - size;
    return isQuiet || behind <= FEW_EVENTS || lagMs >= MAX_LAG_MS || behind >= MAX_LAG_EVENTS;
  }

  /** The tree has come as far as the log had when it was asked: the next event begins a new lag. */
  caughtUp(): void {
    this.behindSince = undefined;
  }
}
