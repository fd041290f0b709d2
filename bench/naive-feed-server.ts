import Fastify from 'fastify';
import { openSqliteLog } from '#event-log';
import { newEventOf } from './synthetic-events';

/** What is written first: the same durable append, then one `JSON.stringify` and one write for each consumer. */
async function main(dataDir: string): Promise<void> {
  const log = await openSqliteLog({ dataDir, instance: 'bench', build: 'bench' });
  const fastify = Fastify();
  const consumers = new Set<NodeJS.WritableStream>();
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
    const { id, position, recordedAt } = event!;
    for (const consumer of consumers) {
      const item = { specversion: '1.0', id, source: 'bench', type: element['type'], time: recordedAt, data: element };
      consumer.write(`id: ${position}\nevent: event\ndata: ${JSON.stringify(item)}\n\n`);
    }
    return reply;
  });
  console.log(`listening on ${await fastify.listen({ port: 0, host: '127.0.0.1' })}`);
}

void main(process.env['DATA_DIR']!);
