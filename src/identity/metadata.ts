// What does the gateway publish about its tokens? RFC 8414 and SMART configuration, from settings alone.
import { assertionAlgorithms } from './assertion.ts';

export type ServerMetadata = Readonly<Record<string, unknown>>;

/** For /.well-known/oauth-authorization-server. `baseUrl` comes from the settings, never from a request. */
export function authorizationServerMetadata(baseUrl: string, scopes: readonly string[]): ServerMetadata {
  return {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/oauth/token`,
    jwks_uri: `${baseUrl}/oauth/jwks`,
    scopes_supported: [...scopes],
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
  };
}

/** For /.well-known/smart-configuration, at the root and under each FHIR base (SMART App Launch 2.2). */
export function smartConfiguration(baseUrl: string, scopes: readonly string[]): ServerMetadata {
  return {
    ...authorizationServerMetadata(baseUrl, scopes),
    capabilities: ['client-confidential-asymmetric'],
    code_challenge_methods_supported: ['S256'],
  };
}
