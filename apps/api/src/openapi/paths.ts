import type { Paths } from './operation';
import { APPENDING } from './paths/appending';
import { AUDIT } from './paths/audit';
import { CONSUMERS } from './paths/consumers';
import { DESCRIPTION } from './paths/description';
import { FOLLOWING } from './paths/following';
import { READING } from './paths/reading';
import { SESSION } from './paths/session';
import { VIEWS } from './paths/views';

/** Every address of the server. A test holds this list equal to the routes that exist. */
export const PATHS: Paths = merged(APPENDING, READING, VIEWS, FOLLOWING, CONSUMERS, AUDIT, SESSION, DESCRIPTION);

function merged(...all: readonly Paths[]): Paths {
  const paths: Record<string, Paths[string]> = {};
  for (const some of all)
    for (const [path, operations] of Object.entries(some)) paths[path] = { ...paths[path], ...operations };
  return paths;
}
