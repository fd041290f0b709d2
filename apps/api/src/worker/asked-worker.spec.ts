import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Problem } from '../http/problem';
import { AskedWorker, type WorkerOptions } from './asked-worker';
import type { Told } from './testing/told.worker';

interface Said {
  readonly said: string;
}

let worker: AskedWorker<Told, { id: number; text: string }, Said>;
const told = (options: Partial<WorkerOptions<Said>> = {}): typeof worker => {
  const script = join(__dirname, 'testing', 'told.worker.js');
  return (worker = new AskedWorker({ script, workerData: {}, name: 'parrots', stopMs: 50, respawnMs: 1, ...options }));
};
afterEach(() => worker.close());

const problemOf = async (asked: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
};

test('an answer goes to whoever asked, whatever the others get', async () => {
  told();
  const texts = Array.from({ length: 50 }, (_, i) => `answer ${i}`);
  const refused = problemOf(worker.ask({ kind: 'refuse', detail: 'no' }));
  const answers = await Promise.all(texts.map((text) => worker.ask({ kind: 'repeat', text })));
  expect(answers.map(({ text }) => text)).toEqual(texts);
  expect(await refused).toMatchObject({ detail: 'no', headers: { 'x-why': 'told' } });
});

test('what nobody foresaw is an error with the stack of the worker, and no problem', async () => {
  told();
  await expect(worker.ask({ kind: 'fail', detail: 'a bug' })).rejects.toThrow(/a bug[\s\S]*told\.worker/);
});

test('more than 256 waiting questions are refused, with the time to come back', async () => {
  told();
  const held = Array.from({ length: 256 }, () => problemOf(worker.ask({ kind: 'hold' })));
  expect(await problemOf(worker.ask({ kind: 'ready' }))).toMatchObject({
    type: 'busy',
    headers: { 'retry-after': '1' },
  });
  await worker.abandon();
  await Promise.all(held);
});

test('a worker that dies takes its questions with it and is replaced', async () => {
  told();
  const lost = problemOf(worker.ask({ kind: 'hold' }));
  const last = problemOf(worker.ask({ kind: 'die' }));
  expect([(await lost).type, (await last).type]).toEqual(['busy', 'busy']);
  let text: string | undefined;
  while (text === undefined) {
    text = await worker.ask({ kind: 'repeat', text: 'again' }).then(
      (answer) => answer.text,
      () => undefined,
    );
    await turn();
  }
  expect(text).toBe('again');
});

test('one that cannot begin says why, once', async () => {
  told({ workerData: { broken: true } });
  await expect(worker.begin()).rejects.toThrow('cannot begin');
  expect((await problemOf(worker.ask({ kind: 'ready' }))).type).toBe('draining');
});

test('what is said unasked reaches the owner before the answer that was asked for', async () => {
  const heard: string[] = [];
  told({ onUnasked: ({ said }) => heard.push(said) });
  await worker.begin();
  expect((await worker.ask({ kind: 'speak' })).text).toBe('spoken');
  expect(heard).toEqual(['unasked']);
});

test('one that fails at its end has ended', async () => {
  told({ workerData: { clumsy: true } });
  await worker.begin();
  await worker.close();
  expect((await problemOf(worker.ask({ kind: 'ready' }))).type).toBe('draining');
});

test('after closing every question is refused, and those under way are', async () => {
  told();
  await worker.begin();
  const held = problemOf(worker.ask({ kind: 'hold' }));
  await worker.close();
  expect((await held).type).toBe('busy');
  expect((await problemOf(worker.ask({ kind: 'ready' }))).type).toBe('draining');
});
