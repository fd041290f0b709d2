import { setTimeout as sleep } from 'node:timers/promises';

/** How long a client goes on trying. */
export interface Patience {
  /** Attempts in a row without progress before giving up; Infinity never does. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** RFC 9457, with what the server says to do next. */
export interface ProblemDetails {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly next?: string;
}

/** The server refused: nothing was stored, and the same again gets the same answer. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: ProblemDetails,
  ) {
    super([status, problem.detail ?? problem.title, problem.next].filter((part) => part !== undefined).join(' '));
  }
}

/** No definite answer came. What was sent may be stored; sending it again, unchanged, is safe. */
export class Unanswered extends Error {}

/** Statuses that say nothing definite about the request: it is to be repeated. */
export const isTransient = (status: number): boolean => status >= 500 || status === 408 || status === 429;

/** A definite, good answer. @throws Refused; any other error is worth another attempt. */
export async function answered(request: Promise<Response>): Promise<Response> {
  const response = await request;
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as ProblemDetails;
  if (isTransient(response.status)) throw new Unanswered(`${response.status} ${problem.detail ?? problem.title ?? ''}`);
  throw new Refused(response.status, problem);
}

/**
 * Waits before each attempt after the first, longer each time, randomised so that clients do not all return at once.
 */
export class Backoff {
  private failures = 0;

  /** @param onTrouble told of the first failure in a row */
  constructor(
    private readonly patience: Patience,
    private readonly onTrouble?: (error: Error) => void,
  ) {}

  succeeded(): void {
    this.failures = 0;
  }

  /** @throws the error when it is definite, Unanswered when patience is over */
  async failed(error: unknown, signal?: AbortSignal): Promise<void> {
    if (error instanceof Refused || signal?.aborted === true) throw error;
    if (this.failures === 0) this.onTrouble?.(new Error(messageOf(error)));
    const { attempts, firstDelayMs, maxDelayMs } = this.patience;
    this.failures++;
    if (this.failures >= attempts) throw new Unanswered(messageOf(error), { cause: error });
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (this.failures - 1));
    await sleep(delayMs * (0.5 + Math.random() / 2), undefined, signal && { signal });
  }
}

/** A failed fetch says why in its cause only. */
export function messageOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
