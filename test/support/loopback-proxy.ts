import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Between a client and a server on loopback: breaks what goes through it, as networks do. */
export class LoopbackProxy {
  private readonly pairs = new Set<readonly [client: Socket, upstream: Socket]>();
  private isAccepting = true;
  private isForwarding = true;
  /** Of what the client sends, milliseconds. */
  delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { port: number; host: string },
  ) {
    server.on('connection', (client: Socket) => this.join(client));
  }

  static async to(port: number, host = '127.0.0.1'): Promise<LoopbackProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new LoopbackProxy(server, { port, host });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends all connections at once, and refuses new ones until `heal`. */
  cut(): void {
    this.isAccepting = false;
    for (const [client, upstream] of this.pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  /** Ends what is there; new connections are taken. */
  cutOnce(): void {
    this.cut();
    this.heal();
  }

  /** Tells each client that no more will come, while taking what it sends. */
  halfClose(): void {
    for (const [client] of this.pairs) client.end();
  }

  /** Connections stay and nothing goes through. */
  blackHole(): void {
    this.isForwarding = false;
  }

  heal(): void {
    this.isAccepting = this.isForwarding = true;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (!this.isAccepting) return void client.resetAndDestroy();
    const upstream = connect({ ...this.target, allowHalfOpen: true });
    const pair = [client, upstream] as const;
    this.pairs.add(pair);
    const leave = () => {
      this.pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on('error', leave).on('close', leave);
    this.forward(client, upstream, () => this.delayMs);
    this.forward(upstream, client, () => 0);
  }

  private forward(from: Socket, to: Socket, delayMs: () => number): void {
    const held: Buffer[] = [];
    const send = (data: Buffer) => {
      if (!this.isForwarding) return void held.push(data);
      for (const earlier of held.splice(0)) to.write(earlier);
      if (!to.destroyed && to.writable) to.write(data);
    };
    from.on('data', (data: Buffer) => (delayMs() === 0 ? send(data) : setTimeout(() => send(data), delayMs())));
    from.on('end', () => to.end());
  }
}
