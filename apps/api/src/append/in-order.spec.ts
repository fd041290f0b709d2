import { inOrder } from './in-order';

async function collect(results: AsyncIterable<string[]>): Promise<string> {
  let all = '';
  for await (const texts of results) all += texts.join('');
  return all;
}

const one = () => 1;

async function* items(...items: number[]): AsyncGenerator<number> {
  yield* items;
}

test('results come in the order of the items, whatever finishes first', async () => {
  const work = async (item: number) => {
    for (let i = 0; i < 5 - item; i++) await Promise.resolve();
    return `${item};`;
  };
  expect(await collect(inOrder(items(0, 1, 2, 3, 4), work, one, 2))).toBe('0;1;2;3;4;');
});

test('a source that waits for the first result before it sends the second is answered', async () => {
  let answered!: () => void;
  const firstAnswer = new Promise<void>((resolve) => (answered = resolve));
  async function* source(): AsyncGenerator<number> {
    yield 0;
    await firstAnswer;
    yield 1;
  }
  const seen: string[] = [];
  for await (const texts of inOrder(source(), async (item) => `${item}`, one, 8)) {
    seen.push(...texts);
    answered();
  }
  expect(seen).toEqual(['0', '1']);
});

test('a reader that goes away stops the source from being read', async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<number> {
    for (;;) {
      await Promise.resolve();
      yield read++;
    }
  }
  for await (const _ of inOrder(endless(), async (item) => `${item}`, one, 4)) break;
  const after = read;
  await new Promise(setImmediate);
  expect(read).toBeLessThanOrEqual(after + 1);
});

test('a failing source fails the results', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 0;
    throw new Error('cut');
  }
  await expect(collect(inOrder(failing(), async (item) => `${item}`, one, 4))).rejects.toThrow('cut');
});

test('no more is started than there is room for', async () => {
  let started = 0;
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const work = async (item: number) => {
    started++;
    await finished;
    return `${item};`;
  };
  const all = collect(inOrder(items(0, 1, 2, 3, 4, 5), work, () => 3, 7));
  await new Promise(setImmediate);
  expect(started).toBe(3);
  finish();
  expect(await all).toBe('0;1;2;3;4;5;');
});

test('an item that fails fails the results in its turn', async () => {
  const work = async (item: number) => {
    if (item === 1) throw new Error('lost');
    await new Promise(setImmediate);
    return `${item};`;
  };
  const results = inOrder(items(0, 1, 2), work, one, 8);
  expect((await results.next()).value).toEqual(['0;']);
  await expect(results.next()).rejects.toThrow('lost');
});
