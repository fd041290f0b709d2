/** How much of a quota is left, as the `RateLimit` header says it. */
export interface Quota {
  readonly remaining: number;
  /** Seconds until all of it is there again; where it is used up: until the next is taken. */
  readonly seconds: number;
  readonly isExceeded: boolean;
}

interface Bucket {
  level: number;
  at: number;
}

const WINDOW_MS = 60_000;
/** Whoever has sent nothing for longest is forgotten, and then has its whole quota: memory is bounded, whoever sends. */
const MAX_NAMES = 10_000;

/** A token bucket a name: as many a minute as there are, and as many at once. */
export class RateLimits {
  /** Least lately used first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    readonly perMinute: number,
    /** Milliseconds that never fall. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Names that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  policyOf(quota: string): string {
    return `"${quota}";q=${this.perMinute};w=${WINDOW_MS / 1000}`;
  }

  take(name: string): Quota {
    const bucket = this.#bucketOf(name);
    const quota = this.#quotaOf(bucket, 1);
    if (!quota.isExceeded) bucket.level -= 1;
    return quota;
  }

  /** What there is, taking nothing and remembering nobody. */
  look(name: string): Quota {
    const bucket = this.#buckets.get(name);
    return this.#quotaOf(bucket === undefined ? { level: this.perMinute, at: 0 } : this.#refilled(bucket), 0);
  }

  #bucketOf(name: string): Bucket {
    const known = this.#buckets.get(name);
    const bucket = known === undefined ? { level: this.perMinute, at: this.elapsed() } : this.#refilled(known);
    if (known !== undefined) this.#buckets.delete(name);
    else if (this.#buckets.size >= MAX_NAMES) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #refilled({ level, at }: Bucket): Bucket {
    const now = this.elapsed();
    return { level: Math.min(this.perMinute, level + ((now - at) * this.perMinute) / WINDOW_MS), at: now };
  }

  #quotaOf({ level }: Bucket, taken: 0 | 1): Quota {
    const isExceeded = level < 1;
    const remaining = isExceeded ? level : level - taken;
    const missing = isExceeded ? 1 - level : this.perMinute - remaining;
    return {
      remaining: Math.floor(remaining),
      seconds: Math.ceil((missing * WINDOW_MS) / this.perMinute / 1000),
      isExceeded,
    };
  }
}
