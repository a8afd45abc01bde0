// Is it Mitz that notifies? By a client certificate that a configured proxy has proven, or by a token of a registered client.
// Certificate in a header: RFC 9440 (`:base64:`), or URL-encoded PEM as nginx and HAProxy write it.
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { NotifySettings } from '../consent/mitz/notifySettings.ts';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import { callOf } from './call.ts';
import { peerWithin } from './clientAddress.ts';
import type { RouteDeps } from './deps.ts';

/** Who was proven, for the record. */
export type Proven = { clientId: string; participantId?: string };

type ByCertificate = Extract<NotifySettings['proof'], { kind: 'certificate' }>;

const unproven = (reason: string) =>
  new GatewayError('unauthenticated', 'Only Mitz may notify here, and it has to prove itself.', { reason });

function certificateIn(header: string): X509Certificate {
  const inner = /^:([A-Za-z0-9+/=]{1,16000}):$/.exec(header)?.[1];
  try {
    return new X509Certificate(
      inner === undefined ? decodeURIComponent(header) : Buffer.from(inner, 'base64'),
    );
  } catch {
    throw unproven('certificate-unreadable');
  }
}

/** The SHA-256 fingerprint of the certificate in the header, once everything about it is right. */
export function proveCertificate(
  request: Pick<IncomingMessage, 'headersDistinct' | 'socket'>,
  proof: ByCertificate,
  now: Date,
): string {
  if (!peerWithin(proof.proxies)(request.socket.remoteAddress ?? '')) throw unproven('certificate-proxy');
  const [header, another] = request.headersDistinct[proof.header] ?? [];
  if (header === undefined || another !== undefined) throw unproven('certificate-missing');
  const certificate = certificateIn(header);
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const valid = certificate.validFromDate <= now && now <= certificate.validToDate;
  if (!proof.sha256.includes(fingerprint) || !valid) throw unproven('certificate-unknown');
  return fingerprint;
}

/** Throws `unauthenticated`, `denied` for a client that may not notify, or `tooMany` for one that tries too often. */
export async function proveMitz(
  request: Request,
  proof: NotifySettings['proof'],
  deps: RouteDeps & { clock: Clock },
): Promise<Proven> {
  const { requestId, address } = callOf(request);
  const admitRefusal = () => deps.rates.take('refusalsPerAddress', address);
  if (proof.kind === 'certificate') {
    try {
      return { clientId: `certificate:${proveCertificate(request, proof, deps.clock()).slice(0, 16)}` };
    } catch (error) {
      await admitRefusal();
      throw error;
    }
  }
  const requester = await deps.identity.authenticate(request.headers.authorization, {
    requestId,
    admitRefusal,
  });
  callOf(request).requester = requester;
  await deps.rates.take('push', requester.participant.id);
  const proven = { clientId: requester.clientId, participantId: requester.participant.id };
  if (proof.clientIds.includes(requester.clientId)) return proven;
  throw new GatewayError('denied', 'This client may not notify of changed consent.', {
    reason: 'mitz-client',
  });
}
