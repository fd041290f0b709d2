import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** What stands in the way of a start is told in one line that says what to do, not as a stack. */
describe('a server that cannot start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-start-'));
  const file = join(folder, 'a-file');
  const owned = join(folder, 'owned');
  const damaged = join(folder, 'damaged');
  let running: ServerProcess;

  beforeAll(async () => {
    mkdirSync(damaged);
    writeFileSync(file, '');
    writeFileSync(join(damaged, 'log.sqlite'), 'no database '.repeat(1000));
    running = await spawnServer(owned);
  });
  afterAll(async () => {
    await running.kill();
    rmSync(folder, { recursive: true });
  });

  const cases: readonly [string, () => { dataDir: string; env?: NodeJS.ProcessEnv }, RegExp][] = [
    [
      'a host reachable from elsewhere',
      () => ({ dataDir: join(folder, 'without-keys'), env: { HOST: '0.0.0.0' } }),
      /make a key with "crisis-log keys create", or set JWT_ISSUER.*or use 127\.0\.0\.1/,
    ],
    ['half an issuer', () => ({ dataDir: owned, env: { JWT_ISSUER: 'https://id.example' } }), /set all three or none/],
    [
      'keys of an issuer in clear',
      () => ({ dataDir: owned, env: { JWT_ISSUER: 'x', JWT_AUDIENCE: 'x', JWKS_URL: 'http://id.example/keys' } }),
      /come over https/,
    ],
    ['no port', () => ({ dataDir: owned, env: { PORT: 'http' } }), /PORT=http is not a port/],
    [
      'a port in use',
      () => ({ dataDir: join(folder, 'other'), env: { PORT: new URL(running.url).port } }),
      /another program listens on 127\.0\.0\.1:\d+; stop it, or set PORT/,
    ],
    ['a folder in use', () => ({ dataDir: owned }), /is held by a running log/],
    ['a folder that is a file', () => ({ dataDir: file }), /is not a folder; set DATA_DIR/],
    ['a damaged record', () => ({ dataDir: damaged }), /log\.sqlite is damaged/],
  ];

  test.each(cases)('%s', async (_name, start, says) => {
    const { dataDir, env } = start();
    const failure = await spawnServer(dataDir, env).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(failure).toMatch(says);
    expect(failure).not.toMatch(/\n\s+at /);
  });
});
