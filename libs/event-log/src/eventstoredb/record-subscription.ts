import type { AllStreamSubscription } from '@eventstore/db-client';
import type { RecordedEvent } from './record-client';

/** More are not handled in one transaction. */
const BATCH = 500;

/**
 * A catch-up subscription, pulled in batches. It ends with the first error, as the client's does, or cleanly when the
 * server ends it: whoever uses it subscribes again. `caughtUp` and checkpoints run ahead of the events that are still
 * buffered, so a batch says `isLive` only when nothing is left before it.
 */
export class RecordSubscription {
  private failure: Error | undefined;
  private hasEnded = false;
  private caughtUp = false;
  private wake: () => void = () => undefined;

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

  async *batches(): AsyncGenerator<{ readonly events: readonly RecordedEvent[]; readonly isLive: boolean }, void> {
    let saidLive = false;
    while (true) {
      const arrived = new Promise<void>((resolve) => (this.wake = resolve));
      const { events, isDrained } = this.take();
      const isLive = isDrained && this.caughtUp;
      if (events.length > 0 || isLive !== saidLive) yield { events, isLive };
      saidLive = isLive;
      if (!isDrained) continue;
      // What was delivered before the failure has been handled by now.
      if (this.failure) throw this.failure;
      if (this.hasEnded) return;
      await arrived;
    }
  }

  close(): void {
    this.failure ??= new Error('the subscription is closed');
    this.subscription.unsubscribe().catch(() => undefined);
    this.wake();
  }

  private take(): { events: RecordedEvent[]; isDrained: boolean } {
    const events: RecordedEvent[] = [];
    while (events.length < BATCH) {
      const resolved = this.subscription.read() as { event?: unknown } | null;
      if (resolved === null) return { events, isDrained: true };
      if (resolved.event) events.push(this.read(resolved.event));
    }
    return { events, isDrained: false };
  }
}
