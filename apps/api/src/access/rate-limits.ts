/** How much of a principal's quota is left, as the `RateLimit` header says it. */
export interface Quota {
  readonly remaining: number;
  /** Seconds until all of it is there again; for a request that is refused: until the next is taken. */
  readonly seconds: number;
  readonly isExceeded: boolean;
}

const WINDOW_MS = 60_000;

/** A token bucket a principal: as many requests a minute as there are, and as many at once. */
export class RateLimits {
  readonly #buckets = new Map<string, { level: number; at: number }>();

  constructor(
    readonly perMinute: number,
    /** Milliseconds that never fall. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  get policy(): string {
    return `"principal";q=${this.perMinute};w=${WINDOW_MS / 1000}`;
  }

  take(principal: string): Quota {
    const now = this.elapsed();
    let bucket = this.#buckets.get(principal);
    if (bucket === undefined) this.#buckets.set(principal, (bucket = { level: this.perMinute, at: now }));
    const perMs = this.perMinute / WINDOW_MS;
    bucket.level = Math.min(this.perMinute, bucket.level + (now - bucket.at) * perMs);
    bucket.at = now;
    const isExceeded = bucket.level < 1;
    if (!isExceeded) bucket.level -= 1;
    const missing = isExceeded ? 1 - bucket.level : this.perMinute - bucket.level;
    return { remaining: Math.floor(bucket.level), seconds: Math.ceil(missing / perMs / 1000), isExceeded };
  }
}
