// How does a sandbox system call the gateway? With its own token, over HTTP, in JSON or XML.
// https://www.rfc-editor.org/rfc/rfc7523, https://www.rfc-editor.org/rfc/rfc6749#section-4.4
import { randomUUID } from 'node:crypto';
import type { FhirResource } from '../model.ts';
import { type Format, mediaTypes, printResource, readResource } from './fhirBody.ts';
import type { SandboxKey } from './keys.ts';

export type Called = {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** The body as a resource, when it is one. */
  resource?: FhirResource;
};

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** From the gateway's address: `/stu3/Task/…`, `/r4/$wishes`, or a whole address. */
  path: string;
  format?: Format;
  resource?: FhirResource;
  headers?: Record<string, string>;
};

export type Caller = {
  clientId: string;
  /** Calls with a token; a refused token is fetched again once. */
  call(call: Call): Promise<Called>;
  token(): Promise<string>;
  /** Throws the kept token away. */
  forgetToken(): void;
};

export type CallerOptions = {
  gatewayUrl: string;
  clientId: string;
  key: SandboxKey;
  scope: string;
  /** `aud` of the assertion; the token address when absent. */
  audience?: string;
  /** Further claims of the assertion, such as who asks and why. */
  claims?: Readonly<Record<string, unknown>>;
  timeoutMs?: number;
};

/** A client of the gateway: `client_credentials` with `private_key_jwt`. */
export function createCaller(options: CallerOptions): Caller {
  let kept: { token: string; until: number } | undefined;
  const token = async (): Promise<string> => {
    if (kept === undefined || kept.until < Date.now()) kept = await fetchToken(options);
    return kept.token;
  };
  const attempt = async (call: Call): Promise<Called> => send(options, call, await token());
  return {
    clientId: options.clientId,
    token,
    forgetToken: () => {
      kept = undefined;
    },
    call: async (call) => {
      const called = await attempt(call);
      if (called.status !== 401 || kept === undefined) return called;
      kept = undefined;
      return attempt(call);
    },
  };
}

async function fetchToken(options: CallerOptions): Promise<{ token: string; until: number }> {
  const address = `${options.gatewayUrl}/oauth/token`;
  const now = Math.floor(Date.now() / 1000);
  const assertion = await options.key.sign({
    ...options.claims,
    iss: options.clientId,
    sub: options.clientId,
    aud: options.audience ?? address,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
  });
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: options.scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`No token for ${options.clientId}: ${response.status} ${answer}`);
  const { access_token, expires_in } = JSON.parse(answer);
  return { token: access_token, until: Date.now() + (Number(expires_in) - 10) * 1000 };
}

async function send(options: CallerOptions, call: Call, token: string): Promise<Called> {
  const format = call.format ?? 'json';
  const address = call.path.startsWith('/') ? `${options.gatewayUrl}${call.path}` : call.path;
  const headers: Record<string, string> = {
    accept: mediaTypes[format],
    authorization: `Bearer ${token}`,
    ...(call.resource ? { 'content-type': mediaTypes[format] } : {}),
    ...call.headers,
  };
  const version = /\/r4(\/|$)/.test(new URL(address).pathname) ? 'r4' : 'stu3';
  const response = await fetch(address, {
    method: call.method ?? 'GET',
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
    ...(call.resource ? { body: printResource(call.resource, format, version) } : {}),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const resource = readResource(bytes, response.headers.get('content-type') ?? '', version);
  return { status: response.status, headers: response.headers, bytes, ...(resource ? { resource } : {}) };
}
