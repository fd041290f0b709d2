/** Whoever is told once that there is more. */
export interface Woken {
  wake(): void;
}

/**
 * One who waits, again and again if he likes, until he is woken, the time is over or he leaves. That he leaves is
 * listened for once, not each time: when something comes a thousand are woken together, and wait again.
 */
export class Waiter implements Woken {
  #settle: ((isWoken: boolean) => void) | undefined;

  constructor(private readonly left: AbortSignal) {
    left.addEventListener('abort', () => this.#settle?.(false));
  }

  get hasLeft(): boolean {
    return this.left.aborted;
  }

  /** Was he woken, rather than tired of it? */
  wait(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle?.(false), timeoutMs);
      this.#settle = (isWoken) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(isWoken);
      };
    });
  }

  wake(): void {
    this.#settle?.(true);
  }
}
