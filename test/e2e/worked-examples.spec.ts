import { fixture } from '../support/fixture';
import { pick } from '../support/pick';
import { type RunningServer, startTestServer } from '../support/running-server';

interface Example {
  readonly name: string;
  readonly events: readonly Record<string, unknown>[];
  readonly queries: readonly {
    readonly at: string;
    readonly asOf?: number;
    readonly level?: string;
    readonly expected: Record<string, unknown>;
  }[];
}

const { examples } = fixture<{ examples: readonly Example[] }>('worked-examples.json');

/** What the catalogue refuses: these logs show what V makes of events that no client can append. */
const REFUSED: readonly string[] = ['talks during a war of 12 days', 'empty crisis', 'codes and membership', 'alerts'];

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const accepted = examples.filter(({ name }) => !REFUSED.includes(name));

test.each(accepted.map((example) => [example.name, example] as const))(
  '%s: the views over HTTP are exact',
  async (name, example) => {
    const crisis = name.replace(/[^a-z0-9]+/g, '-');
    const cursors = await appendAll(crisis, example.events);
    for (const { at, asOf, level, expected } of example.queries) {
      if ((level !== undefined && level !== 'RED') || !at.endsWith(':00Z')) continue; // Over HTTP `at` is a whole minute.
      const query = { at, ...(asOf !== undefined && { asOf: cursors[asOf] }) };
      const [risk, status] = await Promise.all(
        ['risk', 'status'].map(
          async (view) => (await server.http.get(`/v1/crises/${crisis}/${view}`).query(query).expect(200)).body,
        ),
      );
      expect(pick({ ...risk, ...status }, expected)).toEqual(expected);
    }
  },
);

test.each(REFUSED)('%s: holds an event that the catalogue refuses', async (name) => {
  const example = examples.find((candidate) => candidate.name === name)!;
  await expect(appendAll(`refused-${name.replace(/[^a-z0-9]+/g, '-')}`, example.events)).rejects.toThrow('422');
});

/** Appends the log one by one; the cursor after each. */
async function appendAll(crisisId: string, events: Example['events']): Promise<string[]> {
  const cursors: string[] = [];
  for (const [i, { recordedAt: _recordedAt, ...element }] of events.entries()) {
    const path = i === 0 ? '/v1/crises' : `/v1/crises/${crisisId}/events`;
    const { body } = await server.http
      .post(path)
      .send(i === 0 ? { crisisId, ...element } : element)
      .expect(201);
    cursors.push((body as { cursor: string }).cursor);
  }
  return cursors;
}
