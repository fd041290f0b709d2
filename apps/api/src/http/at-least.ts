import type { Position, RecordLog } from '#event-log';
import type { Context } from '../app.context';
import { type Query, textParameter } from './parameters';
import { Problem, retryAfter } from './problem';

const WAIT_MS = 2000;

/**
 * Read-your-writes: with `atLeast=cursor` the answer reflects at least that point. On the instance that
 * appended it always does; one that is behind waits a little, then says so.
 */
export async function caughtUpTo(context: Context, query: Query): Promise<void> {
  const token = textParameter(query, 'atLeast');
  if (token === undefined) return;
  const { position } = context.tokens.open(token, 'atLeast', { kind: 'point' });
  await reach(context.log, position);
  await context.views.ask({ kind: 'reached', position });
}

/**
 * Waits for a point that another instance gave, and that this one may not hold yet. @throws Problem when it does not
 * come
 */
export async function reach(log: Pick<RecordLog, 'waitFor'>, position: Position): Promise<void> {
  if (await log.waitFor(position, WAIT_MS)) return;
  const detail = `This instance has not reached the asked point within ${WAIT_MS / 1000} s.`;
  throw new Problem('behind', detail, {}, retryAfter(1));
}
