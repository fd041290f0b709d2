import { connect, type Socket } from 'node:net';

/** Connections whose deliveries are timed, evenly among all. */
export const SAMPLED = 200;
/**
 * Of the others the bytes are counted, and where deliveries are timed they are read in turn, each twice a second, from
 * what the kernel holds for them: this process is not to be what is measured.
 */
const TURN_MS = 25;
const TURNS = 20;
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

export type Reading = 'at once' | 'in turn' | 'never';
export type ToConsumers = { readonly report: number };
export type FromConsumers = { readonly ready: true } | Deliveries;

export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const tell = (message: FromConsumers): void => void process.send!(message);

/** One follower of a stream, as cheap as one can be. */
class Follower {
  bytes = 0;
  #text = '';
  #socket: Socket | undefined;

  constructor(
    private readonly reading: Reading,
    private readonly onEvent: ((event: number) => void) | undefined,
  ) {}

  open(url: URL): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect({
        port: Number(url.port),
        host: url.hostname,
        onread: {
          buffer: BYTES,
          callback: (length) => {
            this.#take(length);
            resolve(undefined);
            return this.reading === 'at once';
          },
        },
      });
      this.#socket = socket;
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
        if (this.reading === 'never') resolve(socket.pause());
      });
    });
  }

  /** What is there by now. */
  read(): void {
    this.#socket?.resume();
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
  const onEvent = (event: number): void => void deliveries.push({ event, atMs: machineMs() });
  const every = Math.max(1, Number(count) / SAMPLED);
  const followers = Array.from({ length: Number(count) }, (_none, i) =>
    i % every === 0
      ? new Follower(reading === 'never' ? 'never' : 'at once', onEvent)
      : new Follower(reading as Reading, undefined),
  );
  await Promise.all(followers.map((follower) => follower.open(new URL(address!))));
  if (reading === 'in turn') readInTurn(followers);
  const behind = (): number => {
    const most = followers.reduce((bytes, follower) => Math.max(bytes, follower.bytes), 0);
    return followers.filter(({ bytes }) => bytes < most).length;
  };
  tell({ ready: true });
  process.once('message', ({ report }: ToConsumers) => {
    const since = machineMs();
    const timer = setInterval(() => {
      const isWhole = deliveries.length >= report * Math.min(Number(count), SAMPLED) && behind() === 0;
      if (!isWhole && machineMs() - since < PATIENCE_MS) return;
      clearInterval(timer);
      tell({ deliveries, behind: behind() });
    }, 20);
  });
  process.once('disconnect', () => process.exit());
}

function readInTurn(followers: readonly Follower[]): void {
  let turn = 0;
  setInterval(() => {
    for (let i = turn; i < followers.length; i += TURNS) followers[i]!.read();
    turn = (turn + 1) % TURNS;
  }, TURN_MS);
}

if (require.main === module) void main(process.argv.slice(2));
