import type { Context } from '../app.context';
import { type Query, textParameter } from '../http/parameters';
import { Problem, retryAfter } from '../http/problem';

const WAIT_MS = 2000;

/**
 * Read-your-writes: with `atLeast=cursor` the answer reflects at least that point. On the instance that
 * appended it always does; one that is behind waits a little, then says so.
 */
export async function caughtUpTo(context: Context, query: Query): Promise<void> {
  const token = textParameter(query, 'atLeast');
  if (token === undefined) return;
  const { position } = context.tokens.open(token, 'atLeast', { kind: 'point' });
  if (!(await context.log.waitFor(position, WAIT_MS))) {
    throw new Problem(
      'behind',
      `This instance has not reached the asked point within ${WAIT_MS / 1000} s.`,
      {},
      retryAfter(1),
    );
  }
  await context.views.ask({ kind: 'reached', position });
}
