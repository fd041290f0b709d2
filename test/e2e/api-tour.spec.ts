import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';

/** docs/api.md, then docs/consumers.md, as their reader follows them: one shell, block after block; what is printed is what the pages say. */
interface Block {
  readonly heading: string;
  readonly commands: string;
  /** The lines after `#> `; `…` stands for anything. */
  readonly prints: readonly string[];
}

const page = ['api.md', 'consumers.md'].map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8')).join('\n');
const blocks: Block[] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(({ 1: text, index }) => {
  const lines = text!.split('\n');
  const printed = (line: string): boolean => line.startsWith('#> ');
  return {
    heading: page
      .slice(0, index)
      .match(/^##? .*$/gm)!
      .at(-1)!,
    commands: lines.filter((line) => !printed(line)).join('\n'),
    prints: lines.filter(printed).map((line) => line.slice('#> '.length)),
  };
});

const BETWEEN = '@@@ the next block';
let server: RunningServer;
let printed: string[][];
beforeAll(async () => {
  server = await startTestServer();
  const script = blocks.map(({ commands }) => commands).join(`\necho; echo '${BETWEEN}'\n`);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    env: { PATH: process.env['PATH'], LOG: server.url },
  });
  printed = stdout.split(`${BETWEEN}\n`).map((text) => text.split('\n').filter(Boolean));
}, 60_000);
afterAll(() => server.stop());

test('has commands to follow', () => expect(blocks.length).toBeGreaterThan(8));

test.each(blocks.map((block, i) => [`${i + 1}, ${block.heading}`, block, i] as const))(
  'block %s',
  (_, { prints }, i) => {
    expect(printed[i]).toEqual(prints.map((line) => expect.stringMatching(new RegExp(`^${pattern(line)}$`))));
  },
);

const pattern = (line: string): string =>
  line
    .split('…')
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
