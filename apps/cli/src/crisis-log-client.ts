import { setTimeout as sleep } from 'node:timers/promises';
import { type Frame, readLines } from '#sources';
import { ServerUnreachable, UsageError } from './exit-codes';
import { frameIn } from './frame-in';

/** The server's answer to one event. */
export interface AppendResult {
  /** 201 stored, 200 there before with the same content, 4xx refused. */
  readonly status: number;
  readonly problem?: Problem;
}

/** RFC 9457. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
}

export interface Patience {
  /** Attempts without any progress before giving up. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly requestTimeoutMs: number;
}

export const PATIENCE: Patience = { attempts: 8, firstDelayMs: 250, maxDelayMs: 8_000, requestTimeoutMs: 120_000 };

const NDJSON = 'application/x-ndjson';

/** Answers that say nothing about what was asked: to be asked again. */
const isTransient = (status: number): boolean => status >= 500 || status === 408 || status === 429;

/** A crisis log over HTTP, as any client has it. Events carry their ids, so whatever is sent twice is stored once. */
export class CrisisLogClient {
  constructor(
    private readonly url: string,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** The crisis's lists as they stand; undefined when there is no such crisis. */
  async frame(crisisId: string): Promise<Frame | undefined> {
    const answer = await this.definite(() => this.get(`/v1/crises/${crisisId}`));
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new UsageError(await explain(answer));
    return frameIn(await answer.json());
  }

  /** Opens a crisis; `json` is its CrisisOpened with the crisisId in it. */
  async open(json: string): Promise<AppendResult> {
    const answer = await this.definite(() => this.post('/v1/crises', json, 'application/json'));
    return answer.ok ? { status: answer.status } : { status: answer.status, problem: await problemIn(answer) };
  }

  /**
   * Appends events in order and hands each one's definite answer to `settle`, in order. What a broken connection or a
   * busy server left without an answer is sent again, from the first such event on, since later ones may refer to it.
   */
  async append(
    crisisId: string,
    events: readonly string[],
    settle: (result: AppendResult, index: number) => void,
  ): Promise<void> {
    let settled = 0;
    await this.retry(async () => {
      const before = settled;
      const json = `${events.slice(settled).join('\n')}\n`;
      const answer = await this.post(`/v1/crises/${crisisId}/events`, json, NDJSON);
      if (!answer.ok && !isTransient(answer.status)) throw new UsageError(await explain(answer));
      try {
        for await (const result of answer.ok ? resultsIn(answer) : []) {
          if (isTransient(result.status)) break;
          settle(result, settled++);
        }
      } catch {
        // Cut off: what came is settled, the rest is sent again.
      }
      if (settled === events.length) return 'done';
      return settled > before ? 'progress' : 'stuck';
    });
  }

  /** All events of a crisis as NDJSON, in position order. Breaks off with an error, never silently. */
  async export(crisisId: string): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.definite(() =>
      fetch(new URL(`/v1/crises/${crisisId}/events`, this.url), { headers: { accept: NDJSON } }),
    );
    if (!answer.ok || answer.body === null) throw new UsageError(await explain(answer));
    return answer.body;
  }

  private async definite(request: () => Promise<Response>): Promise<Response> {
    let answer: Response | undefined;
    await this.retry(async () => {
      answer = await request();
      return isTransient(answer.status) ? 'stuck' : 'done';
    });
    return answer!;
  }

  /** @throws ServerUnreachable after `attempts` in a row without progress. */
  private async retry(attempt: () => Promise<'done' | 'progress' | 'stuck'>): Promise<void> {
    const { attempts, firstDelayMs, maxDelayMs } = this.patience;
    let reason: unknown = 'it is busy';
    for (let failures = 0; failures < attempts;) {
      try {
        const outcome = await attempt();
        if (outcome === 'done') return;
        failures = outcome === 'progress' ? 0 : failures + 1;
      } catch (error) {
        if (error instanceof UsageError || error instanceof ServerUnreachable) throw error;
        reason = error;
        failures += 1;
      }
      if (failures > 0 && failures < attempts) await sleep(Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1)));
    }
    throw new ServerUnreachable(`no answer from ${this.url}: ${messageOf(reason)}`);
  }

  private get(path: string): Promise<Response> {
    return fetch(new URL(path, this.url), { signal: AbortSignal.timeout(this.patience.requestTimeoutMs) });
  }

  private post(path: string, body: string, type: string): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method: 'POST',
      body,
      headers: { 'content-type': type },
      signal: AbortSignal.timeout(this.patience.requestTimeoutMs),
    });
  }
}

async function* resultsIn(answer: Response): AsyncGenerator<AppendResult> {
  if (answer.body === null) return;
  for await (const line of readLines(buffers(answer.body)))
    if (line.length > 0) yield JSON.parse(line.toString('utf8')) as AppendResult;
}

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

const problemIn = async (answer: Response): Promise<Problem> => {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return {};
  }
};

const explain = async (answer: Response): Promise<string> => {
  const { title, detail } = await problemIn(answer);
  return `the server answers ${answer.status}: ${detail ?? title ?? answer.statusText}`;
};

/** A failed fetch says why in its cause only. */
const messageOf = (reason: unknown): string => {
  const cause = reason instanceof Error ? (reason.cause ?? reason) : reason;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
