import { openSqliteLog, type SqliteEventLog } from '#event-log';
import { newEventOf, OPENING, syntheticElements } from './synthetic-events';

const IN_FLIGHT = 4000;

/** A log of so many crises with so many synthetic events each, in the order in which they would come in. */
export async function filledLog(dataDir: string, crises: number, eventsEach: number): Promise<SqliteEventLog> {
  const log = await openSqliteLog({ dataDir, instance: 'bench', build: 'bench' });
  const streams = Array.from({ length: crises }, (_, i) => ({
    stream: `crisis-c${i}`,
    elements: syntheticElements(eventsEach, i),
  }));
  let pending: Promise<unknown>[] = [];
  const append = async (stream: string, element: Record<string, unknown>): Promise<void> => {
    pending.push(
      log.append({
        stream,
        events: [newEventOf(element)],
        expected: 'any',
        writer: { principal: 'open', level: 'RED' },
      }),
    );
    if (pending.length < IN_FLIGHT) return;
    await Promise.all(pending);
    pending = [];
  };
  for (const { stream } of streams)
    await append(stream, { eventId: '00000000-0000-4000-8000-000000000000', ...OPENING });
  for (let i = 0; i < eventsEach; i++)
    for (const { stream, elements } of streams) await append(stream, elements.next().value as Record<string, unknown>);
  await Promise.all(pending);
  return log;
}
