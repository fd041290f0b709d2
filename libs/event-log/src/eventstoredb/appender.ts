import { checkAppend, checkRequest } from '../check-append';
import { bodyOf, contentHashOf, type DividedElement, utf8 } from '../element';
import { ClockOff, EventLogError, InvalidAppend, LogClosed, WriterBusy } from '../errors';
import type { AppendedEvent, AppendRequest, NewEvent, Outcome } from '../event-log';
import type { ClockCheck } from './clock-check';
import { Lane, type LaneContext } from './lane';
import { type Amendment, amendmentIn } from './open-envelope';
import { type IncomingEvent, Waiting } from './waiting';

/** More may not wait. */
const QUEUE_BYTES = 64 * 1024 * 1024;

/** Takes appends and hands each to the lane of its stream. */
export class Appender {
  private readonly lanes = new Map<string, Lane>();
  private waitingBytes = 0;
  private isClosing = false;

  constructor(
    private readonly context: Omit<LaneContext, 'isClosing'>,
    private readonly clockCheck: ClockCheck,
    private readonly deadlineMs: number,
  ) {}

  async append(request: AppendRequest): Promise<readonly AppendedEvent[]> {
    const { stream, events, expected, writer } = request;
    const elements = checkAppend(request);
    if (this.isClosing) throw new LogClosed({ reason: 'by its owner' });
    const trouble = this.trouble();
    if (trouble !== undefined) throw trouble;
    const bytes = elements.reduce((sum, { wholeBytes }) => sum + wholeBytes, 0);
    if (this.waitingBytes + bytes > QUEUE_BYTES) throw new WriterBusy({ queuedBytes: this.waitingBytes });
    this.waitingBytes += bytes;
    const incoming = events.map((event, i) => incomingEvent(event, elements[i]!, i));
    const waiting = new Waiting(incoming, expected, writer, bytes, this.deadlineMs, () => (this.waitingBytes -= bytes));
    this.lane(stream).push(waiting);
    return waiting.answer;
  }

  /** One append for each event; those of one turn go to the record together all the same. */
  async appendEach(request: AppendRequest): Promise<readonly Outcome[]> {
    checkRequest(request);
    const append = (event: NewEvent): Promise<Outcome> =>
      this.append({ ...request, events: [event] }).then(
        ([appended]) => appended!,
        (error: unknown) => {
          if (error instanceof EventLogError && !(error instanceof LogClosed)) return error;
          throw error;
        },
      );
    return Promise.all(request.events.map(append));
  }

  get isAppending(): boolean {
    return this.waitingBytes > 0;
  }

  /** Why nothing is appended, apart from the record being away. */
  trouble(): EventLogError | undefined {
    const { stopped } = this.context.mirror;
    if (stopped !== undefined) return stopped;
    void this.clockCheck.run();
    const { offMs } = this.clockCheck;
    return offMs === 0 ? undefined : new ClockOff({ differenceMs: offMs });
  }

  /** Answers everything that was accepted. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.lanes.values()].map((lane) => lane.drain()));
  }

  private lane(stream: string): Lane {
    let lane = this.lanes.get(stream);
    if (lane === undefined) {
      lane = new Lane(stream, { ...this.context, isClosing: () => this.isClosing }, () => this.forget(stream));
      this.lanes.set(stream, lane);
    }
    return lane;
  }

  /** Lanes without work are few bytes each, yet there may be many streams. */
  private forget(stream: string): void {
    if (this.lanes.size > 10_000 && this.lanes.get(stream)!.isForgettable) this.lanes.delete(stream);
  }
}

function incomingEvent(event: NewEvent, element: DividedElement, index: number): IncomingEvent {
  const { element: _element, references, ...sent } = event;
  const { id, type, marking, target, marks, contentType } = event;
  checkAmendment(event, element, index);
  const contentHash = contentHashOf(element);
  return { sent, element, proposed: { id, type, marking, target, marks, contentType, references, contentHash } };
}

type Amending = Parameters<typeof amendmentIn>[0];

/** How the path of the target is written in the part `refs`. */
const TARGET = '"data.target":';

/** What an amendment says must be in its element: other instances know it only by what is stored. */
function checkAmendment({ target, marks, contentType }: NewEvent, element: DividedElement, index: number): void {
  const { body, refs } = bodyOf(element);
  const stored: Amendment = utf8(refs).includes(TARGET) ? amendmentIn(JSON.parse(utf8(body)) as Amending) : {};
  if (stored.target !== target || stored.marks !== marks || stored.contentType !== contentType)
    throw new InvalidAppend({ index, reason: 'what it amends is not what its element says' });
}
