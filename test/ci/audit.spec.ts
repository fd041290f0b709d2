import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from '../support/fixture';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The audit step, told this by the registry's client. */
function audit(answer: string) {
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat <<'END'\n${answer}\nEND\nexit 1\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const PATH = `${folder}${delimiter}${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, '.ci', 'audit.mjs')], {
    encoding: 'utf8',
    env: { PATH },
  });
  return { status, said: stdout + stderr };
}
const report = (found: object): string =>
  JSON.stringify({ metadata: { vulnerabilities: { low: 1, moderate: 1, high: 0, critical: 0, total: 2, ...found } } });

test.each([
  ['nothing grave', report({}), 0, /audited: 0 critical, 0 high, 2 in all/],
  ['something high', report({ high: 1, total: 3 }), 1, /1 high/],
  ['something critical', report({ critical: 2, total: 4 }), 1, /2 critical/],
  ['that it may not be asked', '{"message":"405 Method Not Allowed","statusCode":405}', 0, /NOT AUDITED.*405 Method/s],
  ['nothing that can be read', '<html>', 0, /NOT AUDITED/],
])('a registry that answers %s', (_, answer, status, says) => {
  const audited = audit(answer);
  expect(audited.said).toMatch(says);
  expect(audited.status).toBe(status);
});
