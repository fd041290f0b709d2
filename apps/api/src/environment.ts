/** All environment errors at once, each with what to set. */
export class InvalidConfig extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Environment variables, with all that is wrong with them. One that is empty is not set, as in `PORT= npm start`. */
export class Environment {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(environment: NodeJS.ProcessEnv) {
    this.values = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  }

  /** @param problem what is wrong, and what to set */
  complain(problem: string): void {
    this.#problems.push(problem);
  }

  /** @throws InvalidConfig when anything was wrong */
  requireUsable(): void {
    if (this.#problems.length > 0) throw new InvalidConfig(this.#problems);
  }

  text(name: string): string | undefined {
    return this.values[name];
  }

  integer(name: string, normal: number, { min, max }: { min: number; max: number }, complaint: string): number {
    const value = Number(this.values[name] ?? normal);
    if (!Number.isInteger(value) || value < min || value > max)
      this.complain(`${name}=${this.values[name]} ${complaint}`);
    return value;
  }

  /** The items of a comma-separated list. */
  list(name: string, isOne: (item: string) => boolean = () => true, complaint = ''): string[] {
    const items = (this.values[name] ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
    for (const item of items) if (!isOne(item)) this.complain(`${name}: ${item} ${complaint}`);
    return items;
  }
}
