import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppendedEvent } from '#event-log';
import { Acknowledged, Stored, streamOf } from './history';

interface Line {
  opened?: number;
  refused?: string;
  client?: number;
  append?: number;
  result?: readonly AppendedEvent[];
  failed?: string;
  canRead?: boolean;
  stored?: readonly Stored[];
}

/** A running `appender` with what it has reported so far. */
export class Child {
  readonly answers: Acknowledged[] = [];
  /** What appends failed with, and whether events could be read then. */
  readonly failures: { type: string; canRead: boolean }[] = [];
  openedMs: number | undefined;
  refused: string | undefined;
  stored: readonly Stored[] | undefined;
  private static readonly running = new Set<Child>();
  private readonly ended: Promise<unknown>;
  private readonly watchers = new Set<() => void>();

  private constructor(
    private readonly child: ChildProcess,
    /** The next append of each client; kept by the caller across children. */
    private readonly nexts: number[],
  ) {
    const lines = createInterface({ input: this.child.stdout! });
    lines.on('line', (line) => this.take(line));
    this.ended = Promise.all([once(this.child, 'exit'), once(lines, 'close')]);
    Child.running.add(this);
    void this.ended.then(() => {
      Child.running.delete(this);
      this.changed();
    });
  }

  /** `wrap` is a command that runs the child, such as strace. */
  static start(dataDir: string, nexts: number[], wrap: string[] = []): Child {
    const command = [...wrap, process.execPath, join(__dirname, 'appender.js'), dataDir, ...nexts.map(String)];
    // In a group of its own: a signal must reach the child, not only what wraps it.
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    return new Child(child, nexts);
  }

  /** Until this holds of the child; rejects if it ends before. */
  async until(holds: (child: Child) => boolean): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    while (!holds(this)) {
      if (hasEnded) throw new Error(`the child ended: ${this.refused ?? 'no reason given'}`);
      await new Promise<void>((resolve) => {
        const watcher = () => (this.watchers.delete(watcher), resolve());
        this.watchers.add(watcher);
      });
    }
  }

  /** For afterEach: a failed test leaves nothing running. */
  static async endAll(): Promise<void> {
    await Promise.all([...Child.running].map((child) => child.end('SIGKILL')));
  }

  get pid(): number {
    return this.child.pid!;
  }

  async end(signal: NodeJS.Signals | 'none'): Promise<void> {
    if (signal !== 'none') process.kill(-this.pid, signal);
    await this.ended;
  }

  private take(text: string): void {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      return; // Killed within a line: nobody was told.
    }
    const { client, append, result, failed } = line;
    if (client !== undefined) {
      this.answers.push(...result!.map((event) => ({ ...event, stream: streamOf(client) })));
      this.nexts[client] = append! + 1;
    }
    if (failed !== undefined) this.failures.push({ type: failed, canRead: line.canRead! });
    this.openedMs ??= line.opened;
    this.refused ??= line.refused;
    this.stored ??= line.stored;
    this.changed();
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
