import type { AllStreamSubscription } from '@eventstore/db-client';
import type { RecordedEvent } from './record-client';

/** Events handled in one transaction at most. */
const BATCH = 500;
/** The longest that an event waits for others. */
export const GATHER_MS = 4;

export interface Batch {
  readonly events: readonly RecordedEvent[];
  /** Everything that the record holds has been delivered. */
  readonly isLive: boolean;
}

/**
 * A catch-up subscription, pulled in batches. It ends with the first error, as the client's does, or cleanly when the
 * server ends it: whoever uses it subscribes again. `caughtUp` and checkpoints run ahead of the events that are still
 * buffered, so a batch says `isLive` only when nothing is left before it.
 */
export class RecordSubscription implements Disposable {
  private failure: Error | undefined;
  private hasEnded = false;
  private caughtUp = false;
  private wake: () => void = () => undefined;
  private held: RecordedEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isGathered = false;

  constructor(
    private readonly subscription: AllStreamSubscription,
    private readonly read: (event: unknown) => RecordedEvent,
  ) {
    const wake = () => this.wake();
    subscription.on('error', (error: Error) => {
      this.failure ??= error;
      wake();
    });
    for (const end of ['end', 'close'] as const) {
      subscription.on(end, () => {
        this.hasEnded = true;
        wake();
      });
    }
    subscription.on('caughtUp', () => {
      this.caughtUp = true;
      wake();
    });
    subscription.on('fellBehind', () => (this.caughtUp = false));
    subscription.on('readable', wake);
  }

  /**
   * What has arrived, group by group; as soon as `isEnough` has arrived, else within GATHER_MS. A transaction costs
   * several times what one more event in it does, and the server sends live events one by one.
   */
  async *batches(isEnough: (held: number) => boolean = () => true): AsyncGenerator<Batch, void> {
    let saidLive = false;
    while (true) {
      const arrived = new Promise<void>((resolve) => (this.wake = resolve));
      const isDrained = this.pull();
      const isOver = this.failure !== undefined || this.hasEnded;
      const isLive = isDrained && this.caughtUp;
      const { held } = this;
      const isDue = held.length > 0 && (!isDrained || isOver || this.isGathered || isEnough(held.length));
      if (isDue || isLive !== saidLive) {
        this.held = [];
        this.gatherNoMore();
        yield { events: held, isLive };
        saidLive = isLive;
        continue;
      }
      // What was delivered before the failure has been handled by now.
      if (this.failure) throw this.failure;
      if (this.hasEnded) return;
      if (held.length > 0) this.gather();
      await arrived;
    }
  }

  close(): void {
    this.failure ??= new Error('the subscription is closed');
    this.gatherNoMore();
    this.subscription.unsubscribe().catch(() => undefined);
    this.wake();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** True when nothing is left in the client. */
  private pull(): boolean {
    while (this.held.length < BATCH) {
      const resolved = this.subscription.read() as { event?: unknown } | null;
      if (resolved === null) return true;
      if (resolved.event) this.held.push(this.read(resolved.event));
    }
    return false;
  }

  private gather(): void {
    this.timer ??= setTimeout(() => {
      this.isGathered = true;
      this.wake();
    }, GATHER_MS);
  }

  private gatherNoMore(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isGathered = false;
  }
}
