import { connect, type Socket } from 'node:net';

/** Connections whose deliveries are timed; of the others only the bytes are counted: this process is not to be what is measured. */
const SAMPLED = 200;
const PATIENCE_MS = 30_000;
const MARK = '"summary":"no. ';
/** Read into by all connections: nothing is kept of it. */
const BYTES = Buffer.alloc(256 * 1024);

export interface Delivery {
  readonly event: number;
  /** Of the machine's monotonic clock, which all processes share. */
  readonly atMs: number;
}

/** `behind` is how many connections got fewer bytes than the others. */
export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  readonly behind: number;
}

export type ToConsumers = { readonly report: number };
export type FromConsumers = { readonly ready: true } | Deliveries;

export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const tell = (message: FromConsumers): void => void process.send!(message);

/** One follower of a stream, as cheap as one can be. */
class Follower {
  bytes = 0;
  #text = '';

  constructor(private readonly onEvent: ((event: number) => void) | undefined) {}

  open(url: URL, isReading: boolean): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect({
        port: Number(url.port),
        host: url.hostname,
        onread: {
          buffer: BYTES,
          callback: (length) => {
            this.#take(length);
            resolve(socket);
            return true;
          },
        },
      });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
        if (!isReading) resolve(socket.pause());
      });
    });
  }

  #take(length: number): void {
    this.bytes += length;
    if (!this.onEvent) return;
    const text = this.#text + BYTES.toString('latin1', 0, length);
    let at = text.indexOf(MARK);
    for (let end; at >= 0 && (end = text.indexOf('.', at + MARK.length)) >= 0; at = text.indexOf(MARK, end))
      this.onEvent(Number(text.slice(at + MARK.length, end)));
    this.#text = at < 0 ? text.slice(-MARK.length) : text.slice(at);
  }
}

async function main([address, count, reading]: readonly string[]): Promise<void> {
  const deliveries: Delivery[] = [];
  const sampled = Math.min(Number(count), SAMPLED);
  const onEvent = (event: number): void => void deliveries.push({ event, atMs: machineMs() });
  const followers = Array.from(
    { length: Number(count) },
    (_none, i) => new Follower(i < sampled ? onEvent : undefined),
  );
  await Promise.all(followers.map((follower) => follower.open(new URL(address!), reading === 'true')));
  const behind = (): number => {
    const most = followers.reduce((bytes, follower) => Math.max(bytes, follower.bytes), 0);
    return followers.filter(({ bytes }) => bytes < most).length;
  };
  tell({ ready: true });
  process.once('message', ({ report }: ToConsumers) => {
    const since = machineMs();
    const timer = setInterval(() => {
      const isWhole = deliveries.length >= report * sampled && behind() === 0;
      if (!isWhole && machineMs() - since < PATIENCE_MS) return;
      clearInterval(timer);
      tell({ deliveries, behind: behind() });
    }, 20);
  });
  process.once('disconnect', () => process.exit());
}

if (require.main === module) void main(process.argv.slice(2));
