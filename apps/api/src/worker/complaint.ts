/**
 * Reports, once, why work fails that is tried again and again: a log that repeated it would fill the disk. Reported
 * again only when the reason changes, or when work succeeded in between.
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
