import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that is stored with each event this server records. Read from the package, five levels up from `dist/apps/api/src`. */
export const BUILD: string = (
  JSON.parse(readFileSync(join(__dirname, '..', '..', '..', '..', 'package.json'), 'utf8')) as { version: string }
).version;
