import { EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { setTimeout as delay } from 'node:timers/promises';
import { canonicalJson } from '../../libs/event-log/src/canonical-json';
import { opening, strike } from '../support/elements';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';
import { type ServerProcess, spawnServerOnRecord } from '../support/server-process';

const URL = process.env['EVENTSTOREDB_URL']!;
const SECONDS = process.env['LONG'] ? 60 : 3;
/** Of each instance. */
const CLIENTS = 16;
const CRISES = ['shared-1', 'shared-2', 'of-one', 'of-two'];

interface Answer {
  readonly status: number;
  readonly body: { readonly eventId: string; readonly revision: number; readonly position?: number };
}

/** What an event is, wherever it is read. */
interface Read {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

describeOnRecord('two servers on one record under load', () => {
  let record: RecordUnderTest;
  let servers: readonly ServerProcess[];
  let folders: readonly string[];
  beforeAll(async () => {
    record = await eventstoredb();
    folders = [record.dataDir(), record.dataDir()];
    servers = await Promise.all(folders.map((folder) => spawnServerOnRecord(folder, URL, record.namespace)));
  }, 60_000);
  afterAll(() => record.dispose());

  const post = async (server: number, path: string, body: object): Promise<Answer | undefined> => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(servers[server]!.url + path, request).catch(() => undefined);
    return answer && { status: answer.status, body: (await answer.json()) as Answer['body'] };
  };

  /** Until there is an answer, from the one or the other. */
  const append = async (server: number, crisis: string, event: object): Promise<Answer> => {
    for (let attempt = 0; ; attempt++) {
      const answer = await post((server + attempt) % 2, `/v1/crises/${crisis}/events`, event);
      if (answer !== undefined && answer.status < 500) return answer;
      await delay(20);
    }
  };

  it('give one answer for one event, whoever is asked, and hold what the record holds, event by event', async () => {
    for (const crisis of CRISES) expect((await post(0, '/v1/crises', opening(crisis)))?.status).toBe(201);
    const acknowledged = new Map<string, Answer['body']>();
    const counts = { events: 0, repeated: 0, raced: 0 };
    const latencies: number[] = [];
    const client = async (n: number): Promise<void> => {
      const until = performance.now() + SECONDS * 1_000;
      for (let i = 0; performance.now() < until; i++) {
        const server = n % 2;
        const crisis = CRISES[i % 2 === 0 ? (i / 2) % 2 : 2 + server]!;
        const event = strike();
        const begun = performance.now();
        if (i % 3 === 0) {
          // A client that does not wait for the first answer: both instances have the same event at once.
          const answers = await Promise.all([append(server, crisis, event), append(1 - server, crisis, event)]);
          expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
          expect(answers[0].body).toMatchObject({ eventId: event['eventId'], revision: answers[1].body.revision });
          acknowledged.set(answers[0].body.eventId, answers[0].body);
          counts.repeated++;
        } else if (i % 3 === 1) {
          // Two clients with one id and different content: one is stored, the other told.
          const other = { ...event, summary: 'Another account of it.' };
          const answers = await Promise.all([append(server, crisis, event), append(1 - server, crisis, other)]);
          expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
          const stored = answers.find(({ status }) => status === 201)!;
          acknowledged.set(stored.body.eventId, stored.body);
          counts.raced++;
        } else {
          const answer = await append(server, crisis, event);
          expect([200, 201]).toContain(answer.status);
          acknowledged.set(answer.body.eventId, answer.body);
        }
        latencies.push(performance.now() - begun);
        counts.events++;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS * 2 }, (_none, n) => client(n)));
    expect(await Promise.all(servers.map((server) => server.drain()))).toEqual([0, 0]);

    const inRecord = await readAll(record.namespace);
    for (const folder of folders) expect(await readMirror(record, folder)).toEqual(inRecord);
    const stored = inRecord.filter(({ type }) => type !== 'CrisisOpened');
    expect(stored.map(({ id }) => id).sort()).toEqual([...acknowledged.keys()].sort());
    for (const { id, revision } of stored) expect(acknowledged.get(id)?.revision).toBe(revision);
    const { events, repeated, raced } = counts;
    expect(Math.min(repeated, raced)).toBeGreaterThan(0);
    const sorted = latencies.sort((a, b) => a - b);
    const ms = (part: number) => Math.round(sorted[Math.floor(sorted.length * part)]!);
    console.log(
      `two instances, ${CLIENTS * 2} clients: ${events} events in ${SECONDS} s, ${repeated} of them sent to both and ${raced} ` +
        `with another content to the other; p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms; 0 lost, 0 twice, 0 different`,
    );
  }, 300_000);
});

/** By the client alone. */
async function readAll(namespace: string): Promise<Read[]> {
  const client = EventStoreDBClient.connectionString(URL);
  const filter = streamNameFilter({ prefixes: [`crisis-${namespace}`] });
  const subscription = client.subscribeToAll({ fromPosition: 'start', filter });
  const events: Read[] = [];
  subscription.on('data', ({ event }) => {
    if (event === undefined) return;
    const { streamId, revision, id, type, data, metadata } = event;
    const stream = streamId.replace(namespace, '');
    const texts = { data: canonicalJson(data), metadata: canonicalJson(metadata) };
    events.push({ stream, revision: Number(revision), id, type, ...texts });
  });
  await new Promise<void>((resolve, reject) => subscription.on('caughtUp', resolve).on('error', reject));
  await subscription.unsubscribe();
  await client.dispose();
  return events;
}

async function readMirror(record: RecordUnderTest, dataDir: string): Promise<Read[]> {
  const log = await record.open({ dataDir });
  try {
    return Array.from(log.readAll(), ({ position, stream, revision, id, type }) => {
      const { data, metadata } = log.reader.envelope(position)!;
      return { stream, revision, id, type, data, metadata };
    });
  } finally {
    await log.close();
  }
}
