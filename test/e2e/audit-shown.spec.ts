import { createKey } from '../../apps/cli/src/keys';
import { newId, opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

// What a reader at GREEN was shown, told later to an auditor at RED: the markings have moved both ways since.

const START = Date.UTC(2026, 1, 7, 12, 0, 0);
const AT = 'at=2026-02-07T12:00:00Z';
let now = START;
let server: RunningServer;
let keys: Record<'green' | 'amber' | 'red', string>;

beforeAll(async () => {
  server = await startTestServer(() => now, {
    async prepare(dataDir) {
      const make = (level: 'GREEN' | 'AMBER', red: string[]) =>
        createKey(dataDir, { name: 'reader', level, red, days: 1, scopes: SCOPES }, START);
      keys = { green: await make('GREEN', []), amber: await make('AMBER', []), red: await make('AMBER', ['shown']) };
    },
  });
});
afterAll(() => server.stop());

const SCOPES = ['views:read', 'log:read', 'crises:open', 'events:append', 'marking:raise', 'marking:lower'] as const;

/** A body of any shape: what it holds is what these tests assert. */
type Body = ReturnType<typeof JSON.parse>;

async function ask(key: keyof typeof keys, path: string): Promise<Body> {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${keys[key]}` } });
  return { status: answer.status, ...((await answer.json()) as object) };
}

async function append(path: string, element: object): Promise<void> {
  now += 60_000;
  const headers = { authorization: `Bearer ${keys.red}`, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(element) });
  expect([answer.status, await answer.text()]).toEqual([201, expect.anything()]);
}

const mark = (target: unknown, marking: string) => ({
  eventId: newId(),
  type: 'MarkingChanged',
  occurredAt: '2026-02-06T00:00:00Z',
  data: { target, marking, reason: 'review' },
});

test('at a cursor of RED, at one of GREEN and at a time, the auditor is told what GREEN was shown', async () => {
  await append('/v1/crises', opening('shown'));
  const [open, closed, kept] = [strike({ tlp: 'GREEN' }), strike({ tlp: 'RED' }), strike({ tlp: 'GREEN' })];
  for (const event of [open, closed, kept]) await append('/v1/crises/shown/events', event);
  const moments: { green: Body; red: Body; time: string }[] = [];
  const note = async () =>
    moments.push({
      green: await ask('green', `/v1/crises/shown/risk?${AT}`),
      red: await ask('red', `/v1/crises/shown/risk?${AT}`),
      time: new Date(now).toISOString(),
    });
  await note();
  await append('/v1/crises/shown/events', mark(open['eventId'], 'RED'));
  await note();
  await append('/v1/crises/shown/events', mark(closed['eventId'], 'GREEN'));
  await note();
  await append('/v1/crises/shown/events', strike({ tlp: 'GREEN' }));
  await append('/v1/crises/shown/events', mark(kept['eventId'], 'AMBER'));

  const digests = new Set(moments.map(({ green }) => green.digest));
  expect(digests.size).toBe(3);
  for (const { green, red, time } of moments) {
    const replayed = async (asOf: string): Promise<unknown> =>
      (await ask('red', `/v1/audit/replay?crisis=shown&${AT}&shownTo=GREEN&asOf=${asOf}`)).views.risk.digest;
    expect([await replayed(red.asOf.cursor), await replayed(time)]).toEqual([green.digest, green.digest]);
  }
  // Of GREEN's cursors the first is the first at which it was given: raising a marking moved nothing that GREEN saw.
  const [first] = moments;
  const shown = await ask('red', `/v1/audit/replay?crisis=shown&${AT}&shownTo=GREEN&asOf=${first!.green.asOf.cursor}`);
  expect(shown.views.risk.digest).toBe(first!.green.digest);
  // Without shownTo a cursor is of the level that it was given for.
  const other = await ask('red', `/v1/audit/replay?crisis=shown&${AT}&asOf=${first!.green.asOf.cursor}`);
  expect(other).toMatchObject({ status: 400, type: '/problems/invalid-token' });
});

test('below RED nobody is told, and what to do instead is said', async () => {
  for (const key of ['green', 'amber'] as const) {
    const refused = await ask(key, `/v1/audit/replay?crisis=shown&${AT}&shownTo=GREEN`);
    expect(refused).toMatchObject({ status: 403, type: '/problems/shown-needs-red', crisisId: 'shown' });
  }
});
