import { connect, type Socket } from 'node:net';

/** Connections whose deliveries are timed; the others only read, so that this process is not what is measured. */
const SAMPLED = 200;
const PATIENCE_MS = 30_000;
const MARK = '"summary":"no. ';

export interface Delivery {
  readonly event: number;
  /** Of the machine's monotonic clock, which all processes share. */
  readonly atMs: number;
}

export type ToConsumers = { readonly report: number };
export type FromConsumers = { readonly ready: true } | { readonly deliveries: readonly Delivery[] };

export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const tell = (message: FromConsumers): void => void process.send!(message);

/** One follower of a stream, as cheap as one can be. Calls for each event it gets. */
function follow(url: URL, isReading: boolean, onEvent: ((event: number) => void) | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
      if (!isReading) resolve(socket.pause());
    });
    if (!isReading) return;
    socket.once('data', () => resolve(socket));
    if (!onEvent) return void socket.resume();
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      let at = text.indexOf(MARK);
      for (let end; at >= 0 && (end = text.indexOf('.', at + MARK.length)) >= 0; at = text.indexOf(MARK, end))
        onEvent(Number(text.slice(at + MARK.length, end)));
      text = at < 0 ? text.slice(-MARK.length) : text.slice(at);
    });
  });
}

async function main([address, count, reading]: readonly string[]): Promise<void> {
  const deliveries: Delivery[] = [];
  const sampled = Math.min(Number(count), SAMPLED);
  const onEvent = (event: number): void => void deliveries.push({ event, atMs: machineMs() });
  const url = new URL(address!);
  await Promise.all(
    Array.from({ length: Number(count) }, (_none, i) =>
      follow(url, reading === 'true', i < sampled ? onEvent : undefined),
    ),
  );
  tell({ ready: true });
  process.once('message', ({ report }: ToConsumers) => {
    const since = machineMs();
    const timer = setInterval(() => {
      const isWhole = deliveries.length >= report * sampled;
      if (!isWhole && machineMs() - since < PATIENCE_MS) return;
      clearInterval(timer);
      tell({ deliveries });
    }, 20);
  });
  process.once('disconnect', () => process.exit());
}

if (require.main === module) void main(process.argv.slice(2));
