import { linesIn } from './messages-in';
import { answered, type Backoff, isTransient, type ProblemDetails, Unanswered } from './patience';

/** The server's definite answer to one line. */
export interface LineResult {
  /** 201 stored, 200 there before with the same content, 4xx refused. */
  readonly status: number;
  readonly eventId?: string;
  readonly problem?: ProblemDetails;
}

/**
 * Hands each line's definite answer to `settle`, in order and once. What a broken connection or a busy server left
 * without an answer is sent again, from the first such line on, since later ones may refer to it.
 * @param post sends lines as NDJSON
 */
export async function appendLines(
  lines: readonly string[],
  post: (ndjson: string) => Promise<Response>,
  settle: (result: LineResult, index: number) => void,
  backoff: Backoff,
): Promise<void> {
  for (let settled = 0; settled < lines.length;) {
    try {
      const { body } = await answered(post(`${lines.slice(settled).join('\n')}\n`));
      for await (const line of linesIn(body!)) {
        const result = JSON.parse(line) as LineResult;
        const { status, problem } = result;
        if (isTransient(status)) throw new Unanswered(`${status} ${problem?.detail ?? problem?.title ?? ''}`);
        settle(result, settled++);
        backoff.succeeded();
      }
      if (settled < lines.length) throw new Unanswered('the answer ends early');
    } catch (error) {
      await backoff.failed(error);
    }
  }
}
