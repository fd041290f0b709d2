import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AS_OUTSIDE } from '../support/cli';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';
import { pattern, shellBlocks } from '../support/shell-blocks';

// docs/importing.md, as its reader follows it.

const blocks = shellBlocks(readFileSync(join(ROOT, 'docs', 'importing.md'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'crisis-log-importing-'));
let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run = async (commands: string): Promise<string[]> => {
  const script = commands.replaceAll('npx crisis-log', `'${process.execPath}' '${join(ROOT, 'bin', 'crisis-log.js')}'`);
  const env = { ...AS_OUTSIDE, CRISIS_LOG_URL: server.url };
  const { stdout } = await promisify(execFile)('bash', ['-ec', script], { cwd: folder, env });
  return stdout.split('\n').filter(Boolean);
};

test('a feed: the last command prints what the page says', async () => {
  const { commands, prints } = blocks[0]!;
  const printed = await run(commands);
  expect(printed.slice(-prints.length)).toEqual(prints.map((line) => expect.stringMatching(pattern(line))));
});

test('the log’s own lines: a copy has every event of the crisis', async () => {
  const printed = await run(blocks[1]!.commands);
  expect(printed).toContainEqual(expect.stringMatching(/^stored +131$/));
  expect(blocks).toHaveLength(2);
});
