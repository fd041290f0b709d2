import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importExample } from '../support/example-crisis';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';
import { pattern, shellBlocks } from '../support/shell-blocks';

// The first page, as its reader follows it beside the demo. Its own commands of npm are what runs this.
const commands = shellBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8')).filter(
  ({ commands }) => !commands.startsWith('npm '),
);

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  await importExample(server.url, 'us-iran');
});
afterAll(() => server.stop());

/** The same on this server; what would go on for ever is left after a second. */
const run = (script: string): Promise<string[]> =>
  new Promise((resolve) => {
    const here = script.replaceAll('localhost:3000', new URL(server.url).host).replace('curl -N ', 'curl -sN -m 1 ');
    execFile('bash', ['-c', here], (_error, out) => resolve(out.split('\n').filter(Boolean)));
  });

test.each(commands.map((block, i) => [i + 1, block] as const))('block %i', async (_, { commands, prints }) => {
  const printed = await run(commands);
  if (prints.length > 0) expect(printed).toEqual(prints.map((line) => expect.stringMatching(pattern(line))));
  else expect(printed.filter((line) => line === 'event: event').length).toBeGreaterThan(100);
});
