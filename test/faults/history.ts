import { AppendedEvent } from '#event-log';

/** An answer a client got. */
export interface Acknowledged extends AppendedEvent {
  readonly stream: string;
}

export interface Stored {
  readonly stream: string;
  readonly id: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
}

/**
 * The events of client *c* have ids and streams that follow from *c* and the number of the append, so that a client
 * started again repeats exactly what it sent before. Each append is an array of two.
 */
export const idsOf = (client: number, append: number): string[] =>
  [0, 1].map((i) => `${hex(append, 8)}-${hex(client, 4)}-4000-8000-${hex(i, 12)}`);

export const streamOf = (client: number): string => `crisis-k${client % 4}`;

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

/** Everything that must not be, whatever died when: an empty list is a sound history. */
export function complaints(answers: readonly Acknowledged[], stored: readonly Stored[]): string[] {
  const found: string[] = [];
  const byId = new Map(stored.map((event) => [`${event.stream} ${event.id}`, event]));

  if (byId.size < stored.length) found.push(`duplicates: ${stored.length - byId.size}`);
  for (const { stream, id, revision, position, recordedAt } of answers) {
    const event = byId.get(`${stream} ${id}`);
    if (event === undefined) found.push(`lost: ${stream} ${id}`);
    else if (event.revision !== revision || event.position !== position || event.recordedAt !== recordedAt) {
      found.push(`moved: ${stream} ${id} from ${revision}@${position} to ${event.revision}@${event.position}`);
    }
  }
  const heads = new Map<string, number>();
  for (const [n, { stream, id, revision, position, recordedAt }] of stored.entries()) {
    const next = (heads.get(stream) ?? -1) + 1;
    if (position !== n) found.push(`gap: position ${position} is number ${n}`);
    if (revision !== next) found.push(`gap: ${stream} has ${revision} after ${next - 1}`);
    if (recordedAt < (stored[n - 1]?.recordedAt ?? 0)) found.push(`time falls at position ${position}`);
    heads.set(stream, revision);
    // The pair differs in the last digit only; the first is stored right before the second.
    const partner = id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');
    const neighbour = stored[n + (id.endsWith('0') ? 1 : -1)];
    if (neighbour?.id !== partner) found.push(`torn: ${stream} ${id}`);
  }
  return found;
}
