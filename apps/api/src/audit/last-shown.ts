import {
  type EventFacts,
  isBelow,
  type Level,
  levelInForce,
  type LogReader,
  type Position,
  type StoredEvent,
} from '#event-log';

/** The last event of a stream up to a position that a level saw when that was the head: by the markings of then. */
export function lastShown(log: LogReader, stream: string, position: Position, level: Level): Position {
  const knownOf = (events: readonly StoredEvent[]): EventFacts[] =>
    events.filter((event) => event.position <= position).map(factsOf);
  const history = {
    find: (id: string) => knownOf([log.find(stream, id)].filter((event) => event !== undefined))[0],
    amendmentsOf: (id: string) => knownOf(log.amendmentsOf(stream, id)),
  };
  const from = log.revisionAt(stream, position);
  for (const event of from < 0 ? [] : log.readStream(stream, { direction: 'backwards', from }))
    if (!isBelow(level, levelInForce(factsOf(event), history))) return event.position;
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
