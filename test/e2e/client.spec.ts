import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, take as takeFirst, toArray } from 'rxjs';
import { CrisisLog, type Followed, type NewCrisis, type NewEvent, type Patience, Refused, Unanswered } from '#client';
import { contact, newId, opening, strike } from '../support/elements';
import { type ServerProcess, spawnServer } from '../support/server-process';

const IMPATIENT: Patience = { attempts: 3, firstDelayMs: 1, maxDelayMs: 2 };

let dataDir: string;
let server: ServerProcess;
let log: CrisisLog;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-client-'));
  server = await spawnServer(dataDir);
  log = new CrisisLog(server.url);
  await log.open(opening('us-iran') as unknown as NewCrisis);
});
afterAll(async () => {
  await server.drain();
  rmSync(dataDir, { recursive: true, force: true });
});

const event = (element: Record<string, unknown>): NewEvent => element as unknown as NewEvent;
const idOf = (followed: Followed): string => (followed.caughtUp ? 'caught up' : followed.item.subject);

async function next(feed: AsyncGenerator<Followed, void>, count: number): Promise<Followed[]> {
  const taken: Followed[] = [];
  while (taken.length < count) taken.push((await feed.next()).value as Followed);
  return taken;
}

/** A server between the client and the log that drops the answer to the first request, which the log has taken. */
async function droppingFirstAnswer(): Promise<{ url: string; close: () => void }> {
  let dropped = false;
  const proxy: Server = createServer((request, reply) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray());
      const answer = await fetch(server.url + request.url!, {
        method: request.method!,
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (!dropped) {
        dropped = true;
        request.socket.destroy();
      } else reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    })();
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}

describe('an append', () => {
  test('whose answer is lost is sent again, and stored once', async () => {
    const proxy = await droppingFirstAnswer();
    const { eventId: _eventId, ...element } = strike();
    const receipt = await new CrisisLog(proxy.url).append('us-iran', event(element));
    proxy.close();
    expect(receipt.repeated).toBe(true);
    expect(receipt.eventId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('of many is all or nothing', async () => {
    const receipts = await log.appendAll('us-iran', [event(strike()), event(contact())]);
    expect(receipts.map(({ repeated }) => repeated)).toEqual([false, false]);
    const bad = event(strike({ cameoCode: '036' }));
    const refusal = await log.appendAll('us-iran', [event(strike()), bad]).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({ status: 422, problem: { type: '/problems/invalid-event' } });
  });

  test('that nobody answers says so', async () => {
    const nowhere = new CrisisLog('http://127.0.0.1:9', { patience: IMPATIENT });
    await expect(nowhere.append('us-iran', event(strike()))).rejects.toBeInstanceOf(Unanswered);
  });
});

test.each(['nowhere', 'localhost:3000', ''])('%p is no address of a server, which is told at once', (url) => {
  expect(() => new CrisisLog(url)).toThrow(/no address of a server, such as http/);
});

describe('following', () => {
  test('goes on through a killed server, without missing or repeating anything', async () => {
    const { cursor } = await log.append('us-iran', event(strike()));
    const interruptions: string[] = [];
    const feed = log.follow({ after: cursor!, onInterruption: ({ message }) => interruptions.push(message) });
    const { eventId: before } = await log.append('us-iran', event(strike()));
    expect((await next(feed, 2)).map(idOf)).toContain(before);
    const { port } = new URL(server.url);
    await server.kill();
    server = await spawnServer(dataDir, { PORT: port });
    const { eventId: after } = await log.append('us-iran', event(strike()));
    const rest = (await next(feed, 2)).map(idOf).filter((id) => id !== 'caught up');
    expect(rest).toEqual([after]);
    expect(interruptions.length).toBeGreaterThan(0);
    // Which says nothing: why is in the cause.
    expect(interruptions).not.toContain('fetch failed');
    await feed.return();
  });

  test('ends at once when it is aborted', async () => {
    const left = new AbortController();
    const feed = log.follow({ after: 'head', signal: left.signal });
    await feed.next();
    const rest = feed.next();
    left.abort();
    expect((await rest).done).toBe(true);
  });

  test('as an Observable gives the same items, filtered as asked', async () => {
    const types = ['MediationContactReported'] as const;
    const eventId = newId();
    await log.append('us-iran', event(contact({ eventId })));
    const found = await firstValueFrom(log.items({ crisis: 'us-iran', types }).pipe(takeFirst(3), toArray()));
    expect(found.map((its) => (its.caughtUp ? 'caught up' : its.item.type))).toEqual([...types, ...types, 'caught up']);
    expect(idOf(found[1]!)).toBe(eventId);
  });

  test('from what is no cursor is refused', async () => {
    await expect(log.follow({ after: 'x'.repeat(118) }).next()).rejects.toMatchObject({ status: 400 });
  });
});
