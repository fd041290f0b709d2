/** How much of a quota is left, as the `RateLimit` header says it. */
export interface Quota {
  readonly remaining: number;
  /** Seconds until the quota is whole again; when it is used up, until the next request is accepted. */
  readonly seconds: number;
  readonly isExceeded: boolean;
}

interface Bucket {
  level: number;
  at: number;
}

const WINDOW_MS = 60_000;
/** Bounds memory: past this, the name not heard of for longest is forgotten, and so has its whole quota again. */
const MAX_NAMES = 10_000;

/** A token bucket for each name: `perMinute` requests a minute, and at most as many at once. */
export class RateLimits {
  /** Least lately used first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    readonly perMinute: number,
    /** A monotonic clock, milliseconds. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** How many names are remembered. */
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

  /** What is left, taking nothing from it and remembering no new name. */
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
