// Whom does the nursing home's own token endpoint believe? The gateway, by private_key_jwt against the gateway's key set (RFC 7523).
import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Answer, Arrived } from './listen.ts';

export type TokenEndpoint = {
  answer(arrived: Arrived): Promise<Answer>;
  /** Is this Authorization header one of ours, still good? */
  accepts(authorization: string | undefined): boolean;
};

export type TokenEndpointOptions = {
  /** The client id under which the gateway is known here. */
  gatewayClientId: string;
  /** Where the gateway publishes its keys. */
  jwksUrl: string;
  /** This endpoint's own address, known once the server listens. */
  address(): string;
  lifetimeSeconds?: number;
};

/** Gives opaque tokens to the gateway; each assertion is good once. */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), { cooldownDuration: 100 });
  const used = new Set<string>();
  const given = new Map<string, number>();
  const lifetime = options.lifetimeSeconds ?? 300;
  return {
    answer: async (arrived) => {
      const form = new URLSearchParams(arrived.body.toString('utf8'));
      const refusal = await refusalOf(form);
      if (refusal !== undefined) return json(401, { error: 'invalid_client', error_description: refusal });
      const token = randomUUID();
      given.set(token, Date.now() + lifetime * 1000);
      return json(200, { access_token: token, token_type: 'Bearer', expires_in: lifetime });
    },
    accepts: (authorization) => {
      const until = given.get(authorization?.replace(/^Bearer /i, '') ?? '');
      return until !== undefined && until > Date.now();
    },
  };

  async function refusalOf(form: URLSearchParams): Promise<string | undefined> {
    if (form.get('grant_type') !== 'client_credentials') return 'grant_type must be client_credentials';
    try {
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', keys, {
        issuer: options.gatewayClientId,
        subject: options.gatewayClientId,
        audience: options.address(),
        algorithms: ['ES384', 'ES256', 'PS256', 'RS384'],
        requiredClaims: ['exp', 'jti'],
      });
      if (payload.jti === undefined || used.has(payload.jti)) return 'this assertion was used before';
      used.add(payload.jti);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : 'the assertion does not verify';
    }
  }
}

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
