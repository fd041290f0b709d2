import fastify, { type FastifyInstance } from 'fastify';
import { type Caller, callerFor } from './caller';
import { Streams } from './streams';

/** A real server whose answers end when the test says so. */
let server: FastifyInstance;
let url: string;
let arrived: () => void;
let goOn: Promise<void>;
let streams: Streams;
const caller = (name: string): Caller =>
  callerFor({ name, scopes: ['log:read'], level: 'CLEAR', red: [] }, new AbortController().signal);

beforeEach(async () => {
  streams = new Streams(7);
  goOn = Promise.resolve();
  arrived = () => undefined;
  server = fastify({ forceCloseConnections: true });
  server.decorateRequest('caller', undefined);
  server.get<{ Params: { who: string } }>('/:who', async (request, reply) => {
    request.caller = caller(request.params.who);
    arrived();
    await goOn;
    try {
      streams.take(request, reply);
    } catch (error) {
      return reply.code(429).send((error as Error).message);
    }
    reply.hijack();
    reply.raw.flushHeaders();
    return reply;
  });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => server.close());

const begin = async (who: string, signal?: AbortSignal): Promise<number> =>
  (await fetch(`${url}/${who}`, signal ? { signal } : {})).status;
const beginAll = (who: string, count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, () => begin(who)));

test('a principal has five, all together as many as the server takes', async () => {
  expect(await beginAll('ana', 5)).toEqual([200, 200, 200, 200, 200]);
  expect(await begin('ana')).toBe(429);
  expect(await beginAll('ben', 2)).toEqual([200, 200]);
  expect(await begin('cid')).toBe(429);
});

test('another server counts its own', async () => {
  await beginAll('ana', 5);
  streams = new Streams();
  expect(await begin('ana')).toBe(200);
});

test('whoever left before the stream began is not counted for ever', async () => {
  let open: () => void = () => undefined;
  goOn = new Promise((resolve) => (open = resolve));
  for (let i = 0; i < 7; i++) {
    const leaving = new AbortController();
    const here = new Promise<void>((resolve) => (arrived = resolve));
    const asked = begin('ana', leaving.signal).catch(() => 0);
    await here;
    leaving.abort();
    await asked;
  }
  const left = (): Promise<number> =>
    new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)));
  while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  open();
  expect(await beginAll('ana', 5)).toEqual([200, 200, 200, 200, 200]);
});
