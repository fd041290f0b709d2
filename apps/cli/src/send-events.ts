import type { CrisisLog, LineResult } from '#client';
import { correctionId } from '#sources';
import type { ImportTally } from './import-report';
import type { EventItem } from './read-items';

const MAX_BATCH_EVENTS = 500;
const MAX_BATCH_CHARACTERS = 1024 * 1024;

const CORRECTABLE = /(Reported|Issued)$/;
const REASON = 'Imported again with other content.';

/** Sends events in their order, some hundreds a request, and counts what the server answers for each. */
export class EventSender {
  private batch: EventItem[] = [];
  private characters = 0;

  constructor(
    private readonly client: CrisisLog,
    private readonly crisisId: string,
    private readonly tally: ImportTally,
    private readonly replace: boolean,
  ) {}

  async send(item: EventItem): Promise<void> {
    this.batch.push(item);
    this.characters += item.json.length;
    if (this.batch.length === MAX_BATCH_EVENTS || this.characters >= MAX_BATCH_CHARACTERS) await this.flush();
  }

  /** Resolves when everything sent so far has its answer. */
  async flush(): Promise<void> {
    const sent = this.batch;
    this.batch = [];
    this.characters = 0;
    const corrections: EventItem[] = [];
    await this.append(sent, (result, item) => {
      if (isTaken(result) && this.replace && CORRECTABLE.test(item.type)) corrections.push(correctionOf(item));
      else this.count(result, item);
    });
    await this.append(corrections, (result, item) =>
      result.status < 300 ? this.tally.countReplaced() : this.tally.countRefused(result, item),
    );
  }

  count(result: LineResult, item: EventItem): void {
    if (result.status === 201) this.tally.countStored(item.type);
    else if (result.status === 200) this.tally.countAlreadyImported();
    else if (isTaken(result)) this.tally.countDiffering();
    else this.tally.countRefused(result, item);
  }

  private async append(
    items: readonly EventItem[],
    settle: (result: LineResult, item: EventItem) => void,
  ): Promise<void> {
    if (items.length === 0) return;
    const lines = items.map(({ json }) => json);
    await this.client.appendLines(this.crisisId, lines, (result, index) => settle(result, items[index]!));
  }
}

const isTaken = ({ problem }: LineResult): boolean => problem?.type?.endsWith('event-id-taken') ?? false;

/** The same content always makes the same correction, so running an import again adds nothing. */
const correctionOf = ({ eventId, occurredAt, json, number }: EventItem): EventItem => {
  const { eventId: _id, tlp: _tlp, ...content } = JSON.parse(json) as Record<string, unknown>;
  const correction = {
    eventId: correctionId(eventId, content),
    type: 'EventCorrected',
    occurredAt,
    data: { target: eventId, content, reason: REASON },
  };
  return { ...correction, json: JSON.stringify(correction), ...(number !== undefined && { number }) };
};
