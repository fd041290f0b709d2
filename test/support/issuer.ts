import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** An issuer of access tokens (RFC 9068) with one key, `one`. */
export interface TestIssuer {
  /** What a server is started with to take its tokens. */
  readonly env: NodeJS.ProcessEnv;
  /** How often its key set was asked for. */
  readonly asked: number;
  /** It answers 503 to whoever asks for its keys. */
  isAway: boolean;
  sign(claims?: JWTPayload, header?: object): Promise<string>;
  stop(): Promise<void>;
}

const ISSUER = 'https://id.example';
const AUDIENCE = 'crisis-log';

export async function startIssuer(): Promise<TestIssuer> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }] });
  const counts = { asked: 0 };
  const server = createServer((_request, response) => {
    counts.asked++;
    response.writeHead(issuer.isAway ? 503 : 200, { 'content-type': 'application/json' }).end(keys);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer: TestIssuer = {
    env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWKS_URL: `http://127.0.0.1:${port}/keys` },
    get asked() {
      return counts.asked;
    },
    isAway: false,
    sign(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: ISSUER, aud: AUDIENCE, sub: 'ana', client_id: 'desk', jti: '1', iat: now, exp: now + 600 };
      return new SignJWT({ ...all, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
        .sign(pair.privateKey);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
