import { readConfig } from './config';

test('names of hosts are taken in any case, as `Host` is', () => {
  expect(readConfig({ ALLOWED_HOSTS: 'Log.Example.org, 10.0.0.7,[FE80::1]' }).allowedHosts).toEqual([
    'log.example.org',
    '10.0.0.7',
    '[fe80::1]',
  ]);
});

test.each(['https://log.example.org', 'log.example.org:8443', 'log.example.org/', '*'])(
  '%s, which no `Host` would ever name, is refused',
  (host) =>
    expect(() => readConfig({ ALLOWED_HOSTS: `one.example,${host}` })).toThrow(`ALLOWED_HOSTS: ${host} is no name`),
);

test.each([
  ['https://id.example/keys', true],
  ['http://127.0.0.1:8080/keys', true],
  ['http://[::1]:8080/keys', true],
  ['http://id.example/keys', false],
  ['keys', false],
])('keys of the issuer from %s: %s', (JWKS_URL, isTaken) => {
  const read = () => readConfig({ JWT_ISSUER: 'i', JWT_AUDIENCE: 'a', JWKS_URL });
  if (isTaken) expect(read().jwt?.jwksUrl).toBe(JWKS_URL);
  else expect(read).toThrow('JWKS_URL');
});

test.each(['ACCESS_LOG', 'HEADS_FILE'])('%s is refused in the data folder, and taken beside it', (name) => {
  const read = (file: string) => () => readConfig({ DATA_DIR: '/srv/log', [name]: file });
  expect(read('/srv/log/deep/file')).toThrow(`${name}=/srv/log/deep/file lies in DATA_DIR`);
  expect(read('/srv/log/../log/file')).toThrow('lies in DATA_DIR');
  expect(read('/srv/log-file')).not.toThrow();
});
