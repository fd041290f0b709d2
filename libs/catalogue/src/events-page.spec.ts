import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../test/support/fixture';
import { eventsPage } from './events-page';

test('docs/events.md is up to date', () => {
  if (readFileSync(join(ROOT, 'docs', 'events.md'), 'utf8') !== eventsPage())
    throw new Error('write it anew: npm run docs');
});
