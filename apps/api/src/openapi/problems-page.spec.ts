import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../../test/support/fixture';
import { problemsPage } from './problems-page';

test('docs/problems.md is up to date', () => {
  if (readFileSync(join(ROOT, 'docs', 'problems.md'), 'utf8') !== problemsPage())
    throw new Error('write it anew: npm run docs');
});
