import Fastify from 'fastify';
import { type AppendedEvent, openSqliteLog } from '#event-log';
import { newEventOf } from './synthetic-events';

/**
 * What is written first: the same durable append and acknowledgement, then one `JSON.stringify` and one write for each
 * event and consumer. It acknowledges all that came together before it delivers any of it, as ours does: otherwise its
 * own deliveries hold up its acknowledgements, and hardly any time passes between the two.
 */
async function main(dataDir: string): Promise<void> {
  const log = await openSqliteLog({ dataDir, instance: 'bench', build: 'bench' });
  const fastify = Fastify();
  const consumers = new Set<NodeJS.WritableStream>();
  let appended: [AppendedEvent, Record<string, unknown>][] = [];
  const deliver = (): void => {
    for (const [{ id, position, recordedAt }, element] of appended)
      for (const consumer of consumers) {
        const item = {
          specversion: '1.0',
          id,
          source: 'bench',
          type: element['type'],
          time: recordedAt,
          data: element,
        };
        consumer.write(`id: ${position}\nevent: event\ndata: ${JSON.stringify(item)}\n\n`);
      }
    appended = [];
  };
  fastify.get('/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(':\n\n');
    consumers.add(reply.raw);
    reply.raw.on('close', () => consumers.delete(reply.raw));
  });
  fastify.post('/', async (request, reply) => {
    const element: Record<string, unknown> = { ...(request.body as object), eventId: crypto.randomUUID() };
    const events = [newEventOf(element)];
    const writer = { principal: 'open', level: 'RED' } as const;
    const [event] = await log.append({ stream: 'crisis-bench', events, expected: 'any', writer });
    void reply.code(201).send({ eventId: event!.id });
    if (appended.push([event!, element]) === 1) setImmediate(deliver);
    return reply;
  });
  console.log(`listening on ${await fastify.listen({ port: 0, host: '127.0.0.1' })}`);
}

void main(process.env['DATA_DIR']!);
