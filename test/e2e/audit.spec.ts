import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleVerdict, parseVerifierKey, type ShownEvent, verifyBundle } from '#ledger';
import { verifyConsistency, verifyInclusion } from '../../libs/ledger/src/proofs';
import { contact, contentOf, correction, newId, opening, retraction, strike } from '../support/elements';
import { importExample } from '../support/example-crisis';
import { type RunningServer, startSigningServer } from '../support/running-server';

// What an auditor does, over HTTP, with the ledger's verifier on his side of the wire.

let server: RunningServer;
let now = Date.parse('2026-03-01T00:00:00Z');
const MINUTE_MS = 60_000;
beforeAll(async () => {
  server = await startSigningServer(() => now);
  await importExample(server.url, 'us-iran');
});
afterAll(() => server.stop());

/** A body of any shape: what it holds is what these tests assert. */
type Body = ReturnType<typeof JSON.parse>;
const get = async (path: string): Promise<Body> => (await server.http.get(path)).body;
const trusted = () =>
  readFileSync(join(server.dataDir, 'log.vkey'), 'utf8').split('\n').filter(Boolean).map(parseVerifierKey);
const bytes = (hash: string): Uint8Array => Buffer.from(hash, 'base64');

async function append(crisisId: string, element: object): Promise<{ eventId: string; cursor: string }> {
  now += MINUTE_MS;
  const answer = await server.http.post(`/v1/crises/${crisisId}/events`).send(element);
  expect([answer.status, answer.body]).toEqual([201, answer.body]);
  return answer.body;
}

async function bundle(query: string): Promise<{ verdict: BundleVerdict; shown: ShownEvent[]; text: string }> {
  const text = await (await fetch(`${server.url}/v1/audit/bundle?${query}`)).text();
  const shown: ShownEvent[] = [];
  const verdict = await verifyBundle(text.trimEnd().split('\n'), {
    trusted: trusted(),
    onEvent: (event) => shown.push(event),
  });
  return { verdict, shown, text };
}

test('a tree head covers everything that was acknowledged before it was asked for', async () => {
  const before = await get('/v1/audit/tree-head');
  await append('us-iran', strike());
  const after = await get('/v1/audit/tree-head');
  expect(after.size).toBe(before.size + 1);
  const { proof, from, to } = await get(`/v1/audit/proofs/consistency?from=${before.size}&to=${after.size}`);
  expect([from.root, to.root]).toEqual([before.root, after.root]);
  verifyConsistency(before.size, bytes(before.root), after.size, bytes(after.root), proof.map(bytes));
});

test('an event is proved to be in the log', async () => {
  const { eventId } = await append('us-iran', contact());
  const { position, leaf, size, proof } = await get(`/v1/audit/proofs/inclusion?crisis=us-iran&eventId=${eventId}`);
  const { root } = await get('/v1/audit/tree-head');
  verifyInclusion(bytes(leaf), position, size, proof.map(bytes), bytes(root));
});

describe('a bundle', () => {
  test('of a whole crisis shows every event as it was sent', async () => {
    const { verdict, shown } = await bundle('crisis=us-iran');
    expect(verdict.events).toBe(verdict.lastRevision + 1);
    expect(verdict.shown).toEqual({
      header: verdict.events,
      author: verdict.events,
      content: verdict.events,
      refs: verdict.events,
      sources: verdict.events,
    });
    expect(shown[0]!.parts.header).toMatchObject({ type: 'CrisisOpened' });
  });

  test('without sources and references verifies all the same', async () => {
    const { verdict } = await bundle('crisis=us-iran&without=sources,refs');
    expect(verdict.shown).toMatchObject({ content: verdict.events, refs: 0, sources: 0 });
  });

  test('for a reader at GREEN has every event, and nothing of those that he may not see', async () => {
    const secret = strike({ tlp: 'RED', summary: 'nobody below RED reads this sentence' });
    await append('us-iran', secret);
    const { verdict, shown, text } = await bundle('crisis=us-iran&shownTo=GREEN');
    expect(verdict.shown.content).toBeLessThan(verdict.events);
    expect(shown.at(-1)!.parts).toEqual({});
    expect(text).not.toContain('nobody below RED');
    expect(text).not.toContain(secret['eventId']);
    // By the markings now in force, whatever they were at append.
    const { events } = await get('/v1/crises/us-iran/events?limit=1000');
    const mayBeShown = events.map(({ marking }: { marking: string }) => ['CLEAR', 'GREEN'].includes(marking));
    expect(shown.map(({ parts }) => parts.header !== undefined)).toEqual(mayBeShown);
  });

  test('of a crisis that is not there is refused', async () => {
    expect((await server.http.get('/v1/audit/bundle?crisis=nowhere')).body.type).toBe('/problems/crisis-not-found');
  });
});

describe('a replay', () => {
  test('has the digests of the answers given then, whatever came since', async () => {
    const at = '2025-06-24T12:00:00Z';
    const asked = await get(`/v1/crises/us-iran/risk?at=${at}`);
    const status = await get(`/v1/crises/us-iran/status?at=${at}`);
    await append('us-iran', strike({ occurredAt: '2025-06-24T10:00:00Z' }));
    const { views } = await get(`/v1/audit/replay?crisis=us-iran&at=${at}&asOf=${asked.asOf.cursor}`);
    expect([views.risk.digest, views.status.digest]).toEqual([asked.digest, status.digest]);
    expect((await get(`/v1/crises/us-iran/risk?at=${at}`)).digest).not.toBe(asked.digest);
  });

  test('as shown has the markings that were in force then', async () => {
    await server.http.post('/v1/crises').send(opening('marked'));
    const hidden = strike({ tlp: 'RED' });
    const { cursor } = await append('marked', hidden);
    const at = '2026-02-10T00:00:00Z';
    const { recordedAt } = (await get(`/v1/crises/marked/events/${String(hidden['eventId'])}`)).event;
    await append('marked', {
      eventId: newId(),
      type: 'MarkingChanged',
      occurredAt: '2026-02-06T00:00:00Z',
      data: { target: hidden['eventId'], marking: 'GREEN', reason: 'released' },
    });
    const riskOf = async (query: string) => (await get(`/v1/audit/replay?crisis=marked&at=${at}&${query}`)).views.risk;
    expect((await riskOf(`asOf=${recordedAt}&shownTo=GREEN`)).risk).toBe(0);
    expect((await riskOf(`asOf=${recordedAt}&shownTo=RED`)).risk).toBeGreaterThan(0);
    expect((await riskOf(`asOf=${cursor}`)).risk).toBeGreaterThan(0);
    expect((await riskOf('shownTo=GREEN')).risk).toBeGreaterThan(0);
  });
});

test('a diff names what came, was corrected, retracted and re-marked, and what that did to the gauges', async () => {
  await server.http.post('/v1/crises').send(opening('disputed'));
  const [kept, wrong, false_, later] = [strike(), strike(), strike({ occurredAt: '2026-02-03T08:00:00Z' }), contact()];
  await append('disputed', kept);
  await append('disputed', wrong);
  const { cursor: asOfA } = await append('disputed', false_);
  await append('disputed', correction(wrong['eventId'] as string, contentOf({ ...wrong, cameoCode: '190' })));
  await append('disputed', retraction(false_['eventId'] as string));
  await append('disputed', later);
  const { cursor: asOfB } = await append('disputed', {
    eventId: newId(),
    type: 'MarkingChanged',
    occurredAt: '2026-02-06T00:00:00Z',
    data: { target: kept['eventId'], marking: 'AMBER', reason: 'source at risk' },
  });
  const at = '2026-02-05T00:00:00Z';
  const diff = await get(`/v1/audit/diff?crisis=disputed&at=${at}&asOfA=${asOfA}&asOfB=${asOfB}`);
  expect(diff.events).toEqual({
    came: [later['eventId']],
    corrected: [wrong['eventId']],
    retracted: [false_['eventId']],
    reinstated: [],
    remarked: [kept['eventId']],
  });
  const [a, b] = await Promise.all([asOfA, asOfB].map((asOf) => get(`/v1/crises/disputed/risk?at=${at}&asOf=${asOf}`)));
  expect([diff.risk.a, diff.risk.b]).toEqual([a.risk, b.risk]);
  for (const gauge of [diff.risk, diff.diplomacyGauge]) {
    const sum = gauge.drivers.reduce((total: number, { change }: { change: number }) => total + change, 0);
    expect(sum).toBeCloseTo(gauge.change, 6);
  }
  expect(diff.diplomacyGauge.drivers).toMatchObject([{ eventId: later['eventId'], a: 0 }]);
  const reversed = await get(`/v1/audit/diff?crisis=disputed&at=${at}&asOfA=${asOfB}&asOfB=${asOfA}`);
  expect(reversed.events).toEqual(diff.events);
});

test('a server that is started again goes on with the same tree', async () => {
  const before = await get('/v1/audit/tree-head');
  await server.restart();
  await append('us-iran', strike());
  const after = await get('/v1/audit/tree-head');
  const { proof } = await get(`/v1/audit/proofs/consistency?from=${before.size}&to=${after.size}`);
  verifyConsistency(before.size, bytes(before.root), after.size, bytes(after.root), proof.map(bytes));
});
