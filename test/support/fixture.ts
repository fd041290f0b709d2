import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout's root. Specs run from `dist/test/support`, three levels below it. */
export const ROOT = join(__dirname, '..', '..', '..');

/** A JSON file of `test/fixtures`. */
export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', name), 'utf8')) as T;
