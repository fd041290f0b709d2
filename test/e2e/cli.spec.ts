import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../support/fixture';

const CLI = `'${process.execPath}' '${join(ROOT, 'bin', 'crisis-log.js')}'`;

test.each(['--help', 'verify --help', '--version'])('%s is quiet where nobody reads on', async (command) => {
  const printed = await new Promise((resolve) =>
    execFile('sh', ['-c', `{ ${CLI} ${command}; echo "code $?" >&2; } | true`], (_error, out, err) =>
      resolve([out, err]),
    ),
  );
  expect(printed).toEqual(['', 'code 0\n']);
});
