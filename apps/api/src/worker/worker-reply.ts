import type { Problem } from '../http/problem';
import { toProblem } from '../http/to-problem';

/** How a worker says that it could not answer: with the problem for the client, or with what is for the log only. */
export interface Failed {
  readonly id: number;
  readonly failure: string;
  readonly problem?: Pick<Problem, 'type' | 'detail' | 'extra' | 'headers'>;
}

/** The failure of a question, as it is sent to the main thread. @param asProblem how the client is told of it */
export function failed(
  id: number,
  error: unknown,
  asProblem: (error: unknown) => Problem = (reason) => toProblem(reason, ''),
): Failed {
  const { type, detail, extra, headers } = asProblem(error);
  const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return type === 'internal' ? { id, failure } : { id, failure, problem: { type, detail, extra, headers } };
}
