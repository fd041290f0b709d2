import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read from the package, five levels up from `dist/apps/cli/src`. */
export const BUILD: string = (
  JSON.parse(readFileSync(join(__dirname, '..', '..', '..', '..', 'package.json'), 'utf8')) as { version: string }
).version;
