import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A program that shows its progress on a terminal and works on, with `first` before and `then` after it began. */
async function interrupted(first: string, then: string): Promise<unknown[]> {
  const program = `
    const { showProgress } = require(${JSON.stringify(join(__dirname, 'progress.js'))});
    ${first}
    const progress = showProgress(10, Object.assign(process.stderr, { isTTY: true }));
    ${then}
    setInterval(() => undefined, 1_000);
    console.log('working');`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  return ended;
}

test.each([
  ['while it is shown', '', ''],
  ['when it was shown', '', 'progress[Symbol.dispose]();'],
])('Ctrl-C ends the program %s', async (_when, first, then) => {
  expect(await interrupted(first, then)).toEqual([null, 'SIGINT']);
});

test('a program that ends itself in its own way does so', async () => {
  expect(await interrupted(`process.once('SIGINT', () => process.exit(130));`, '')).toEqual([130, null]);
});
