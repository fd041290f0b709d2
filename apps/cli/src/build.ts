import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this build. From the package, four levels up from `dist/apps/cli/src`. */
export const BUILD: string = (
  JSON.parse(readFileSync(join(__dirname, '..', '..', '..', '..', 'package.json'), 'utf8')) as { version: string }
).version;
