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
    private readonly notice: (text: string) => void,
    private readonly patience: Patience = PATIENCE,
    private readonly credential: Readonly<Record<string, string>> = {},
  ) {}

  /** An answer of `/v1/audit`, as JSON text. @throws UsageError with what the server says of the question */
  async audit(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const address = `/v1/audit/${path}?${new URLSearchParams(given).toString()}`;
    const answer = await this.definite(() => this.get(address));
    if (!answer.ok) throw new UsageError(await explain(answer));
    return answer.text();
  }

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
      const answer = await this.answered(this.post(`/v1/crises/${crisisId}/events`, json, NDJSON));
      if (!answer.ok) throw new UsageError(await explain(answer));
      try {
        for await (const result of resultsIn(answer)) {
          if (isTransient(result.status)) throw new Error(describe(result.status, result.problem));
          settle(result, settled++);
        }
        if (settled < events.length) throw new Error('the answer ends early');
        return 'done';
      } catch (error) {
        // What came is settled, the rest is sent again.
        if (settled === before) throw error;
        return 'progress';
      }
    });
  }

  /** All events of a crisis as NDJSON, in position order. Breaks off with an error, never silently. */
  async export(crisisId: string): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.definite(() =>
      fetch(new URL(`/v1/crises/${crisisId}/events`, this.url), { headers: { ...this.credential, accept: NDJSON } }),
    );
    if (!answer.ok || answer.body === null) throw new UsageError(await explain(answer));
    return answer.body;
  }

  private async definite(request: () => Promise<Response>): Promise<Response> {
    let answer: Response | undefined;
    await this.retry(async () => {
      answer = await this.answered(request());
      return 'done';
    });
    return answer!;
  }

  /** @throws Error when the answer says nothing about what was asked. */
  private async answered(request: Promise<Response>): Promise<Response> {
    const answer = await request;
    if (isTransient(answer.status)) throw new Error(await explain(answer));
    return answer;
  }

  /** @throws ServerUnreachable after `attempts` in a row that failed without progress. */
  private async retry(attempt: () => Promise<'done' | 'progress'>): Promise<void> {
    const { attempts, firstDelayMs, maxDelayMs } = this.patience;
    for (let failures = 0; ;) {
      try {
        if ((await attempt()) === 'done') return;
        failures = 0;
      } catch (error) {
        if (error instanceof UsageError) throw error;
        failures += 1;
        if (failures === attempts) throw new ServerUnreachable(`no answer from ${this.url}: ${messageOf(error)}`);
        if (failures === 1) this.notice(`${messageOf(error)}; trying again`);
        await sleep(Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1)));
      }
    }
  }

  private get(path: string): Promise<Response> {
    return fetch(new URL(path, this.url), {
      headers: this.credential,
      signal: AbortSignal.timeout(this.patience.requestTimeoutMs),
    });
  }

  private post(path: string, body: string, type: string): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method: 'POST',
      body,
      headers: { ...this.credential, 'content-type': type },
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

const explain = async (answer: Response): Promise<string> =>
  `the server answers ${describe(answer.status, await problemIn(answer))}`;

const describe = (status: number, { title, detail }: Problem = {}): string =>
  [status, detail ?? title].filter((part) => part !== undefined).join(': ');

/** A failed fetch says why in its cause only. */
const messageOf = (reason: unknown): string => {
  const cause = reason instanceof Error ? (reason.cause ?? reason) : reason;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
