/** What is told, once, that there is more. */
export interface Woken {
  wake(): void;
}

/**
 * Waits until it is woken, the time is over or the client leaves; any number of times. It listens for the leaving once,
 * not at each wait: an event wakes a thousand waiters together, which then wait again.
 */
export class Waiter implements Woken {
  #settle: ((isWoken: boolean) => void) | undefined;

  constructor(private readonly left: AbortSignal) {
    left.addEventListener('abort', () => this.#settle?.(false));
  }

  get hasLeft(): boolean {
    return this.left.aborted;
  }

  /** True when it was woken, false when the time was over or the client has left. */
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
