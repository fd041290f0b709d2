import { correction, contentOf, opening, strike } from '../support/elements';
import { type Message, messagesOf, take } from '../support/event-stream';
import { type RunningServer, startTestServer } from '../support/running-server';

const BEGINNING = Date.parse('2026-02-03T01:00:30Z');
const SECOND_MS = 1_000;

let server: RunningServer;
/** Runs like any clock, from where it is set. */
let offsetMs: number;
const set = (time: number): void => void (offsetMs = time - Date.now());
beforeEach(async () => {
  set(BEGINNING);
  server = await startTestServer(() => Date.now() + offsetMs);
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterEach(() => server.stop());

interface State {
  readonly cause: { readonly events?: readonly string[]; readonly time?: string } | null;
  readonly state: { readonly at: string; readonly digest: string; readonly nextChangeAt: string | null };
}
const stateIn = ({ data }: Message): State => JSON.parse(data) as State;
const next = async (stream: AsyncGenerator<Message>): Promise<State> => stateIn((await take(stream, 1))[0]!);
const follow = (view: string): AsyncGenerator<Message> => messagesOf(`${server.url}/v1/crises/us-iran/${view}/stream`);

async function append(element: Record<string, unknown>): Promise<string> {
  await server.http.post('/v1/crises/us-iran/events').send(element).expect(201);
  return element['eventId'] as string;
}

const asked = async (view: string, at: string): Promise<Record<string, unknown>> =>
  (await server.http.get(`/v1/crises/us-iran/${view}`).query({ at }).expect(200)).body as Record<string, unknown>;

test.each(['risk', 'status'])('the %s comes first, then each change with the events behind it', async (view) => {
  const stream = follow(view);
  const first = await next(stream);
  expect([first.cause, first.state.at]).toEqual([null, '2026-02-03T01:00:00Z']);
  expect(first.state).toEqual(await asked(view, first.state.at));
  const element = strike({ occurredAt: '2026-02-03T00:30:00Z' });
  const eventId = await append(element);
  const second = await next(stream);
  expect(second.cause).toEqual({ events: [eventId] });
  expect(second.state).toEqual(await asked(view, second.state.at));
  const amended = { ...contentOf(element), cameoCode: '154', summary: 'Shadowed.', data: {} };
  const corrected = await append(correction(eventId, amended, { occurredAt: '2026-02-03T00:45:00Z' }));
  expect((await next(stream)).cause).toEqual({ events: [corrected] });
  await stream.return(undefined);
});

test('what time changes is told in its minute, and is the state that anyone can ask for', async () => {
  await append(strike({ occurredAt: '2026-02-03T00:30:00Z' }));
  const { nextChangeAt } = await asked('risk', '2026-02-03T01:00:00Z');
  set(Date.parse(nextChangeAt as string) - SECOND_MS);
  const stream = follow('risk');
  const first = await next(stream);
  expect(Date.parse(first.state.at)).toBeLessThan(Date.parse(nextChangeAt as string));
  const { cause, state } = await next(stream);
  expect([state.at, Date.parse(cause!.time!)]).toEqual([nextChangeAt, Date.parse(nextChangeAt as string)]);
  expect(state).toEqual(await asked('risk', state.at));
  await stream.return(undefined);
});

test('an event that is dated ahead changes the view when its minute comes', async () => {
  const eventId = await append(strike({ occurredAt: '2026-02-03T01:01:00Z' }));
  const stream = follow('risk');
  const first = await next(stream);
  expect(JSON.stringify(first.state)).not.toContain(eventId);
  set(Date.parse('2026-02-03T01:00:59Z'));
  await append(strike({ occurredAt: '2026-02-03T00:30:00Z' }));
  await next(stream);
  const { cause, state } = await next(stream);
  expect([cause, state.at]).toEqual([{ time: '2026-02-03T01:01:00.000Z' }, '2026-02-03T01:01:00Z']);
  expect(JSON.stringify(state)).toContain(eventId);
  await stream.return(undefined);
});

test('there is nothing to follow of a crisis that does not exist', async () => {
  await server.http.get('/v1/crises/nowhere/risk/stream').expect(404);
});
