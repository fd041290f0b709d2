import type { ChildProcess } from 'node:child_process';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opening } from '../test/support/elements';
import { type ServerProcess, spawnServer } from '../test/support/server-process';
import type { FromConsumers, Reading } from './fan-out-consumers';

/** A server with an empty record of its own, and where it is appended to and followed. */
export class FollowedServer {
  readonly pid: number;

  private constructor(
    private readonly dataDir: string,
    private readonly server: ServerProcess,
    readonly append: string,
    readonly stream: string,
  ) {
    this.pid = server.process.pid!;
  }

  static async ours(): Promise<FollowedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
    const server = await spawnServer(dataDir);
    await post(`${server.url}/v1/crises`, JSON.stringify(opening('bench')));
    const [append, stream] = [`${server.url}/v1/crises/bench/events`, `${server.url}/v1/feed/stream?after=head`];
    return new FollowedServer(dataDir, server, append, stream);
  }

  static async plain(feed: 'naive' | 'bare'): Promise<FollowedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
    const server = await spawnServer(dataDir, { FEED: feed }, join(__dirname, 'plain-feed-server.js'));
    return new FollowedServer(dataDir, server, server.url, `${server.url}/stream`);
  }

  get rssMiB(): number {
    return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', `${this.pid}`], { encoding: 'utf8' })) / 1024);
  }

  async end(): Promise<void> {
    await this.server.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export async function startConsumers(url: string, count: number, reading: Reading): Promise<ChildProcess> {
  const followers = fork(join(__dirname, 'fan-out-consumers.js'), [url, `${count}`, reading]);
  await answer(followers);
  return followers;
}

export async function answer<Message extends FromConsumers>(followers: ChildProcess): Promise<Message> {
  const ended = once(followers, 'exit').then(() => {
    throw new Error('the consumers have ended');
  });
  return ((await Promise.race([once(followers, 'message'), ended])) as [Message])[0];
}

export async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.arrayBuffer();
  if (response.status !== 201) throw new Error(`${url}: ${response.status}`);
}
