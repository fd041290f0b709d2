import Fastify from 'fastify';
import { LEVELS, openSqliteLog, type Position, type SqliteEventLog } from '#event-log';
import { cloudEvent } from '../apps/api/src/feed/cloud-event';
import { messageOf } from '../apps/api/src/feed/event-stream';
import type { FeedQuery } from '../apps/api/src/feed/feed-query';
import { feedCursor } from '../apps/api/src/feed/feed-cursor';
import { Tokens } from '../apps/api/src/http/tokens';
import { opening } from '../test/support/elements';
import { newEventOf } from './synthetic-events';

const CRISIS = 'bench';
const QUERY: FeedQuery = { reader: { name: 'open', level: 'RED', seesNumbers: true }, filter: '' };

/** An item, and the cursor that goes with it. */
interface Message {
  readonly item: unknown;
  readonly cursor: string;
}

/**
 * The same durable append, acknowledgement and items, and then a feed without levels, filters or resumption. `naive` is
 * what is written first: one `JSON.stringify` and one write for each event and consumer. `bare` is the least that there
 * can be: what was committed together is made once, and is one write for each consumer. Both acknowledge all that came
 * together before they deliver any of it, as ours does: otherwise their deliveries hold up their acknowledgements, and
 * hardly any time passes between the two.
 */
async function main(dataDir: string, isBare: boolean): Promise<void> {
  const log = await openSqliteLog({ dataDir, instance: 'bench', build: 'bench' });
  const { crisisId: _crisisId, ...opened } = opening(CRISIS);
  await append(log, { ...opened, type: 'CrisisOpened' });
  const messageAt = messages(log);
  const fastify = Fastify();
  const consumers = new Set<NodeJS.WritableStream>();
  let appended: Position[] = [];
  const deliver = (): void => {
    const made = appended.map(messageAt);
    appended = [];
    if (isBare) {
      const bytes = Buffer.from(made.map(frameOf).join(''));
      for (const consumer of consumers) consumer.write(bytes);
    } else for (const message of made) for (const consumer of consumers) consumer.write(frameOf(message));
  };
  fastify.get('/stream', (_request, reply) => {
    reply.hijack();
    // Straight to the socket, as ours: in pieces of its own (chunks) an answer comes only through the response.
    if (isBare) reply.raw.removeHeader('transfer-encoding');
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', ...(isBare && { connection: 'close' }) });
    reply.raw.write(':\n\n');
    const to = isBare ? reply.raw.socket! : reply.raw;
    consumers.add(to);
    reply.raw.on('close', () => consumers.delete(to));
  });
  fastify.post('/', async (request, reply) => {
    const position = await append(log, request.body as object);
    void reply.code(201).send({ position });
    if (appended.push(position) === 1) setImmediate(deliver);
    return reply;
  });
  console.log(`listening on ${await fastify.listen({ port: 0, host: '127.0.0.1' })}`);
}

async function append(log: SqliteEventLog, element: object): Promise<Position> {
  const [event] = await log.append({
    stream: `crisis-${CRISIS}`,
    events: [newEventOf({ ...element, eventId: crypto.randomUUID() })],
    expected: 'any',
    writer: { principal: 'open', level: 'RED' },
  });
  return event!.position!;
}

/** What ours sends of an event. */
function messages({ reader: log, logId }: SqliteEventLog): (position: Position) => Message {
  const source = { log, origin: log.genesis().origin };
  const tokens = new Tokens([Buffer.alloc(32)], logId, 0);
  return (position) => {
    const event = log.at(position)!;
    const place = { position, index: 0 };
    const marking = LEVELS.indexOf('CLEAR');
    const entry = { ...place, kind: 'event', subject: position, marking, crisis: CRISIS } as const;
    const item: unknown = JSON.parse(cloudEvent(source, entry, event, QUERY.reader));
    return { item, cursor: feedCursor(tokens, place, QUERY) };
  };
}

const frameOf = ({ item, cursor }: Message): string => messageOf('event', JSON.stringify(item), cursor);

void main(process.env['DATA_DIR']!, process.env['FEED'] === 'bare');
