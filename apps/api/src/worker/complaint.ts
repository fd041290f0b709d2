/**
 * What keeps a worker from work that it tries again and again, said once: a disk that is full would be filled by saying so.
 * Again only when it is something else, or work was done in between.
 */
export class Complaint {
  #last: string | undefined;

  constructor(
    private readonly what: string,
    private readonly say: (what: string, error: unknown) => void = console.error,
  ) {}

  of(error: unknown): void {
    if (String(error) === this.#last) return;
    this.#last = String(error);
    this.say(this.what, error);
  }

  over(): void {
    this.#last = undefined;
  }
}
