import type { Proposal, ProposedEvent } from '../decide';
import type { DividedElement } from '../element';
import { EventLogError, OutcomeUnknown, RecordAway } from '../errors';
import type { AppendedEvent, AppendRequest, NewEvent } from '../event-log';

/** An event of a request, with what is decided and stored of it. */
export interface IncomingEvent {
  readonly sent: Omit<NewEvent, 'element' | 'references'>;
  readonly element: DividedElement;
  readonly proposed: ProposedEvent;
}

/** A request until it is answered: at its deadline at the latest, whatever becomes of the call. */
export class Waiting {
  isSettled = false;
  /** It was sent to the record, so it may be stored. */
  isSent = false;
  private readonly timer: NodeJS.Timeout;
  private readonly finish = Promise.withResolvers<readonly AppendedEvent[]>();

  constructor(
    readonly events: readonly IncomingEvent[],
    readonly expected: AppendRequest['expected'],
    readonly writer: AppendRequest['writer'],
    readonly bytes: number,
    deadlineMs: number,
    private readonly onSettled: (waiting: Waiting) => void,
  ) {
    this.timer = setTimeout(() => this.giveUp(deadlineMs), deadlineMs);
  }

  get answer(): Promise<readonly AppendedEvent[]> {
    return this.finish.promise;
  }

  get proposal(): Proposal {
    return { events: this.events.map(({ proposed }) => proposed), expected: this.expected, writer: this.writer };
  }

  resolve(events: readonly AppendedEvent[]): void {
    if (this.settle()) this.finish.resolve(events);
  }

  reject(error: EventLogError): void {
    if (this.settle()) this.finish.reject(error);
  }

  private giveUp(deadlineMs: number): void {
    const reason = `no answer from EventStoreDB within ${deadlineMs} ms`;
    this.reject(this.isSent ? new OutcomeUnknown({ reason }) : new RecordAway({ reason }));
  }

  private settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    clearTimeout(this.timer);
    this.onSettled(this);
    return true;
  }
}
