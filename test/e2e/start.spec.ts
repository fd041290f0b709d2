import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../apps/api/src/config';
import { startServer } from '../../apps/api/src/server';
import { cli } from '../support/cli';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** What stands in the way of a start is told in one line that says what to do, not as a stack. */
describe('a server that cannot start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-start-'));
  const file = join(folder, 'a-file');
  const owned = join(folder, 'owned');
  const damaged = join(folder, 'damaged');
  const shown = join(folder, 'shown');
  const garbled = join(folder, 'garbled');
  let running: ServerProcess;

  beforeAll(async () => {
    mkdirSync(damaged);
    writeFileSync(file, '');
    writeFileSync(join(damaged, 'log.sqlite'), 'no database '.repeat(1000));
    running = await spawnServer(owned);
    for (const dataDir of [shown, garbled])
      expect(await cli(['keys', 'init', '--data-dir', dataDir, '--recovery', `${dataDir}.key`])).toMatchObject({
        code: 0,
      });
    chmodSync(join(shown, 'signing.key'), 0o644);
    writeFileSync(join(garbled, 'log.vkey'), 'not a key\n');
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
    [
      'a proxy that is none',
      () => ({ dataDir: owned, env: { TRUSTED_PROXIES: '10.0.0.0/8,everyone,10.0.0.1/33' } }),
      /everyone is no address or range.*\n.*10\.0\.0\.1\/33 is no address/,
    ],
    ['no limit', () => ({ dataDir: owned, env: { FAILURE_LIMIT: '0' } }), /FAILURE_LIMIT=0 is no number of requests/],
    ['no port', () => ({ dataDir: owned, env: { PORT: 'http' } }), /PORT=http is not a port/],
    [
      'a port in use',
      () => ({ dataDir: join(folder, 'other'), env: { PORT: new URL(running.url).port } }),
      /another program listens on 127\.0\.0\.1:\d+; stop it, or set PORT/,
    ],
    ['a folder in use', () => ({ dataDir: owned }), /is held by a running log/],
    ['a folder that is a file', () => ({ dataDir: file }), /is not a folder; set DATA_DIR/],
    ['a signing key that others may read', () => ({ dataDir: shown }), /signing\.key can be read by others: chmod 600/],
    ['public keys that are none', () => ({ dataDir: garbled }), /log\.vkey: .*a key is name\+id\+base64/],
    ['a damaged record', () => ({ dataDir: damaged }), /log\.sqlite is damaged/],
  ];

  test('a host reachable from elsewhere, before anything is made in the data folder', async () => {
    const dataDir = join(folder, 'never-made');
    await expect(spawnServer(dataDir, { HOST: '0.0.0.0' })).rejects.toThrow(/there are no credentials/);
    expect(existsSync(dataDir)).toBe(false);
    mkdirSync(dataDir);
    await expect(spawnServer(dataDir, { HOST: '0.0.0.0' })).rejects.toThrow(/there are no credentials/);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test('leaves nothing open: the next one has the record', async () => {
    const env = { DATA_DIR: join(folder, 'tried-twice'), LOG_LEVEL: 'error' };
    const taken = readConfig({ ...env, PORT: new URL(running.url).port });
    await expect(startServer(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await (await startServer(readConfig({ ...env, PORT: '0' }))).close();
  });

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
