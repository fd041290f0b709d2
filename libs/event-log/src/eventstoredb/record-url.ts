import { readFileSync } from 'node:fs';

/**
 * `EVENTSTOREDB_URL`, or the content of the file that `EVENTSTOREDB_URL_FILE` names; undefined where neither is set. May
 * hold a password: no message shows it. Throws RangeError.
 */
export function recordUrl(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { EVENTSTOREDB_URL_FILE: file } = env;
  const url = file === undefined ? env['EVENTSTOREDB_URL'] : contentOf(file);
  if (url === undefined || /^esdb(\+discover)?:\/\/\S+$/.test(url)) return url;
  throw new RangeError('EVENTSTOREDB_URL is no connection string; use esdb://host:2113?tls=false or the like.');
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new RangeError(`EVENTSTOREDB_URL_FILE=${file} cannot be read.`);
  }
}
