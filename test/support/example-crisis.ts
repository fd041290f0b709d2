import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './fixture';

/** The lines of `examples/us-iran/crisis.ndjson`; the first opens the crisis. */
export const exampleLines = (): string[] =>
  readFileSync(join(ROOT, 'examples', 'us-iran', 'crisis.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');

/** Sends the example crisis through the API; answers with the result of each line after the opening. */
export async function importExample(url: string, crisisId: string): Promise<Record<string, unknown>[]> {
  const [opening, ...rest] = exampleLines();
  const post = async (path: string, type: string, body: string): Promise<string> => {
    const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  };
  const element = { crisisId, ...(JSON.parse(opening!) as object) };
  await post('/v1/crises', 'application/json', JSON.stringify(element));
  const results = await post(`/v1/crises/${crisisId}/events`, 'application/x-ndjson', rest.join('\n'));
  return results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
