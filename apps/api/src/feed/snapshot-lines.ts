import type { Position } from '#event-log';
import type { ViewEngine } from '../view-worker/view-engine';
import type { FeedQuery } from './feed-query';

/**
 * Page after page, so that a record of any size takes constant memory; for a client that stops reading no more is read.
 */
export async function* snapshotLines(
  views: ViewEngine,
  query: FeedQuery,
  asOf: Position,
  cursor: string,
): AsyncGenerator<string> {
  for (let after: number | null = -1; after !== null;) {
    const page = await views.ask({ kind: 'snapshot', query, after, asOf });
    const [head, ...lines] = page.split('\n');
    ({ next: after } = JSON.parse(head!) as { next: number | null });
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
  }
  yield `${JSON.stringify({ cursor })}\n`;
}
