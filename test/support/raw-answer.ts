import { connect } from 'node:net';

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One answer as its bytes came: status line, headers in their order, the sizes of chunks. The connection is its own. */
export function rawAnswer(url: string, { method = 'GET', headers = {}, body = '' }: RawRequest = {}): Promise<string> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const all = { host, connection: 'close', ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let bytes = '';
    const socket = connect(Number(port), hostname);
    socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    socket
      .setEncoding('utf8')
      .on('data', (text: string) => (bytes += text))
      .on('close', () => resolve(bytes))
      .on('error', reject);
  });
}
