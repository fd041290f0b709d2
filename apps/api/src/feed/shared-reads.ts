import type { ReadRequest } from '../view-worker/read-request';
import type { ViewEngine } from '../view-worker/view-engine';

/** Followers' reads under way at a time: few, so that they do not crowd out other requests. */
const AT_ONCE = 8;

/** Reads for followers: those who ask for the same at the same time share one read; different reads wait their turn. */
export class SharedReads {
  readonly #underWay = new Map<string, Promise<string>>();
  readonly #turns: (() => void)[] = [];
  #taken = 0;

  constructor(private readonly views: ViewEngine) {}

  /** @param key tells this read from others. The answer may be one that was begun before this call. */
  ask(request: ReadRequest, key: string): Promise<string> {
    let answer = this.#underWay.get(key);
    if (!answer) {
      answer = this.#inTurn(request).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, answer);
    }
    return answer;
  }

  async #inTurn(request: ReadRequest): Promise<string> {
    if (this.#taken < AT_ONCE) this.#taken++;
    else await new Promise<void>((resolve) => this.#turns.push(resolve));
    try {
      return await this.views.ask(request);
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#taken--;
    }
  }
}
