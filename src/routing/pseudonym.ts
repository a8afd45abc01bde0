// Under which pseudonym does the national referral index know a patient? The pseudonym service evaluates a blinded input
// and learns nothing: OPRF over ristretto255, https://www.rfc-editor.org/rfc/rfc9497; input by HKDF, RFC 5869.
import { hkdfSync } from 'node:crypto';
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { z } from 'zod';
import type { NviSettings } from './localisationSettings.ts';
import { askNational, type NationalDeps } from './nationalCall.ts';
import { SourceFault } from './sourceFault.ts';

const answerForm = z.object({ jwe: z.string().regex(/^[\w-]+(?:\.[\w-]*){4}$/) });

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** What is blinded: 32 bytes that hang on the BSN, the recipient and the scope. The JSON is canonical (RFC 8785). */
export function pseudonymInput(bsn: string, to: { recipient: string; scope: string }): Uint8Array {
  const person = JSON.stringify({ landCode: 'NL', type: 'BSN', value: bsn });
  return new Uint8Array(hkdfSync('sha256', person, '', `${to.recipient}|${to.scope}|v1`, 32));
}

type Asked = { settings: NviSettings['pseudonyms']; timeoutMs: number; signal: AbortSignal };

/**
 * A pseudonym for one use: what the service made of the blinded input, sealed for the recipient, and the blind with
 * which the recipient opens it. Throws `SourceFault` or `OutgoingFailure`.
 */
export async function pseudonymFor(bsn: string, asked: Asked, deps: NationalDeps): Promise<string> {
  const { settings, timeoutMs, signal } = asked;
  const { blind, blinded } = ristretto255_oprf.oprf.blind(pseudonymInput(bsn, settings));
  const answer = await askNational(
    {
      service: 'prs',
      auth: settings.auth,
      method: 'POST',
      url: `${settings.address}/oprf/eval`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        recipientOrganization: settings.recipient,
        recipientScope: settings.scope,
        encryptedPersonalId: base64url(blinded),
      }),
      timeoutMs,
      signal,
    },
    deps,
  );
  const evaluated = answerForm.safeParse(answer);
  if (!evaluated.success) throw new SourceFault('prs-not-understood');
  return base64url(JSON.stringify({ blind_factor: base64url(blind), evaluated_output: evaluated.data.jwe }));
}
