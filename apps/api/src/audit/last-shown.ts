import {
  type EventFacts,
  type Level,
  LEVELS,
  levelInForce,
  type LogReader,
  type Position,
  type StoredEvent,
} from '#event-log';

/** The last event of a stream up to a position that a level saw when that was the head: by the markings of then. */
export function lastShown(log: LogReader, stream: string, position: Position, level: Level): Position {
  const isKnown = (event: StoredEvent): boolean => event.position <= position;
  const history = {
    find: (id: string) =>
      [log.find(stream, id)]
        .filter((event) => event !== undefined)
        .filter(isKnown)
        .map(factsOf)[0],
    amendmentsOf: (id: string) => log.amendmentsOf(stream, id).filter(isKnown).map(factsOf),
  };
  const from = log.revisionAt(stream, position);
  for (const event of from < 0 ? [] : log.readStream(stream, { direction: 'backwards', from }))
    if (LEVELS.indexOf(levelInForce(factsOf(event), history)) <= LEVELS.indexOf(level)) return event.position;
  return -1;
}

function factsOf({ id, revision, type, marking, body }: StoredEvent): EventFacts {
  const { content, refs } = JSON.parse(body) as {
    content: { data?: { marking?: Level } };
    refs: Record<string, string>;
  };
  const marks = type === 'MarkingChanged' ? content.data!.marking : undefined;
  return { id, revision, type, marking, target: refs['data.target'], marks };
}
