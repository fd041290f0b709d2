import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { copyFromRecord } from '#event-log/eventstoredb';
import { initKeys } from '#notary';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';
import { createKey, listKeys, revokeKey } from '../../apps/cli/src/keys';
import { join } from 'node:path';
import { contact, opening, strike } from '../support/elements';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

const URL = process.env['EVENTSTOREDB_URL']!;
const TOKEN_KEYS = Buffer.alloc(32, 7).toString('base64url');

describeOnRecord('two servers on one record', () => {
  let record: RecordUnderTest;
  let servers: Server[];
  let place: { url: string; namespace: string };
  const start = async (INSTANCE_ID: string, dataDir: string): Promise<Server> => {
    const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', INSTANCE_ID, TOKEN_KEYS });
    return startServer({ ...config, eventStoreDb: place });
  };
  beforeAll(async () => {
    record = await eventstoredb();
    place = { url: URL, namespace: record.namespace };
    const signing = record.dataDir();
    const log = await record.open({ dataDir: signing, origin: 'log.example' });
    await initKeys(signing, log.reader.genesis().origin, join(signing, 'recovery.key'), log.heads);
    await log.close();
    servers = [await start('one', signing), await start('two', record.dataDir())];
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await record.dispose();
  });
  const ask = async (server: number, path: string, key = '', body?: object) => {
    const response = await fetch(servers[server]!.url + path, {
      headers: { ...(key && { authorization: `Bearer ${key}` }), 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text.split('\n')[0]!) };
  };
  const until = async (holds: () => Promise<boolean>, withinMs: number): Promise<void> => {
    for (const begun = performance.now(); !(await holds());) expect(performance.now() - begun).toBeLessThan(withinMs);
  };

  it('a crisis opened on one is appended to, and read, on the other, to the same status and risk', async () => {
    expect((await ask(0, '/v1/crises', '', opening('us-iran'))).status).toBe(201);
    let cursor = '';
    for (let i = 0; i < 10; i++) {
      const answer = await ask(i % 2, '/v1/crises/us-iran/events', '', i % 3 ? strike() : contact());
      expect(answer).toMatchObject({ status: 201, json: { revision: i + 1 } });
      cursor = answer.json.cursor as string;
    }
    for (const view of ['status', 'risk']) {
      const query = `/v1/crises/us-iran/${view}?at=2026-03-01T00:00:00Z&asOf=${cursor}`;
      const [one, two] = [await ask(0, query), await ask(1, query)];
      expect(one.status).toBe(200);
      expect(two.text).toBe(one.text);
    }
  });

  it('only the one with the signing key signs, the other verifies its heads and proves by them', async () => {
    const [signed, verified] = [await ask(0, '/v1/audit/tree-head'), await ask(1, '/v1/audit/tree-head')];
    expect([signed.status, verified.status]).toEqual([200, 200]);
    expect(verified.text).toBe(signed.text);
    expect(await ask(1, '/v1/audit/bundle?crisis=us-iran')).toMatchObject({ status: 409 });
    const bundle = await ask(0, '/v1/audit/bundle?crisis=us-iran');
    expect(bundle.status).toBe(200);
    expect(bundle.text.split('\n').length).toBeGreaterThan(11);
  });

  it('say whether their mirror is whole, to operators', async () => {
    const { status, json } = await ask(1, '/health/ready');
    expect(status).toBe(200);
    expect(json).toMatchObject({ record: { engine: 'eventstoredb', mirror: { state: 'live', behindMs: 0 } } });
  });

  it("another writer's event cannot be bundled, and the server goes on", async () => {
    expect((await ask(0, '/v1/crises', '', opening('strait'))).status).toBe(201);
    const client = EventStoreDBClient.connectionString(URL);
    const event = jsonEvent({ id: randomUUID(), type: 'Intruder', data: { is: 'foreign' } });
    const credentials = { username: 'none', password: 'none' };
    await client.appendToStream(`crisis-${record.namespace}strait`, event, { credentials });
    await client.dispose();
    await until(
      async () => (await ask(0, '/v1/audit/bundle?crisis=strait')).json.type === '/problems/foreign-event',
      5_000,
    );
    expect((await ask(0, '/v1/audit/bundle?crisis=us-iran')).status).toBe(200);
    expect((await ask(1, '/v1/crises/us-iran/events', '', strike())).status).toBe(201);
  });

  it('a named consumer is served by either, and what one has handed out the other neither repeats nor leaves out', async () => {
    const path = '/v1/consumers/either';
    const body = JSON.stringify({ type: 'StrikeReported', crisis: 'relay', start: 'beginning' });
    expect((await ask(0, '/v1/crises', '', opening('relay'))).status).toBe(201);
    await until(async () => (await ask(1, '/v1/crises/relay/events')).status === 200, 5_000);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(servers[0]!.url + path, { method: 'PUT', headers, body })).status).toBe(201);
    expect((await fetch(servers[1]!.url + path, { method: 'PUT', headers, body })).status).toBe(200);
    const sent: string[] = [];
    const given: string[] = [];
    let first = '';
    for (let i = 0; i < 30; i++) {
      sent.push((await ask(i % 2, '/v1/crises/relay/events', '', strike())).json.eventId as string);
      const { json } = await ask((i + 1) % 2, `${path}/next?wait=5`);
      first ||= json.lease as string;
      given.push(...(json.items as { subject: string }[]).map(({ subject }) => subject));
      expect((await ask(i % 2, `${path}/ack`, '', { lease: json.lease })).status).toBe(200);
    }
    expect(given).toEqual(sent);
    expect(await ask(1, `${path}/ack`, '', { lease: first })).toMatchObject({ status: 409 });
  });

  it('a key made in the record opens both, and ends on both within 5 s of its revocation', async () => {
    const grant = { name: 'desk', role: 'analyst', level: 'AMBER', red: [], days: 1 } as const;
    const secret = await createKey(place, grant, Date.now());
    for (const server of [0, 1]) {
      await until(async () => (await ask(server, '/v1/crises')).status === 401, 5_000);
      expect((await ask(server, '/v1/crises', secret)).status).toBe(200);
    }
    const [line] = await listKeys(place, Date.now());
    await revokeKey(place, line!.split('\t')[0]!, Date.now());
    const begun = performance.now();
    for (const server of [0, 1])
      await until(async () => (await ask(server, '/v1/crises', secret)).status === 401, 5_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('a record that was moved is read on, and what is appended is told where to go', async () => {
    const grant = { name: 'late', role: 'analyst', level: 'AMBER', red: [], days: 1 } as const;
    const secret = await createKey(place, grant, Date.now());
    const movedTo = 'https://new.example';
    await copyFromRecord({ dataDir: record.dataDir(), record: place, movedTo, keepHeads: () => undefined });
    for (const server of [0, 1]) {
      const append = () => ask(server, '/v1/crises/us-iran/events', secret, strike());
      await until(async () => (await append()).status === 409, 5_000);
      const problem = { type: '/problems/record-moved', movedTo };
      expect(await append()).toMatchObject({ status: 409, json: problem });
      expect((await ask(server, '/v1/crises/us-iran/events', secret)).status).toBe(200);
      expect((await ask(server, '/health/ready')).status).toBe(503);
    }
  });
});
