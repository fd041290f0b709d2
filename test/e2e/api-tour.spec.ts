import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';
import { pattern, shellBlocks } from '../support/shell-blocks';

// docs/api.md, then docs/consumers.md, as their reader follows them: one shell, block after block.

const page = ['api.md', 'consumers.md'].map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8')).join('\n');
const blocks = shellBlocks(page);
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
    expect(printed[i]).toEqual(prints.map((line) => expect.stringMatching(pattern(line))));
  },
);
