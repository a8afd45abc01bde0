// From which address does this request come? X-Forwarded-For counts only from proxies that are configured.
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const parse = (text: string) => (ipaddr.isValid(text) ? ipaddr.process(text) : undefined);

function rangeOf(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Tells whether an address is one of these addresses or in one of these ranges. Throws when one of them is neither. */
export function peerWithin(addresses: readonly string[]): (text: string) => boolean {
  const ranges = addresses.map(rangeOf);
  return (text) => {
    const address = parse(text);
    return (
      address !== undefined &&
      ranges.some(([base, bits]) => base.kind() === address.kind() && address.match([base, bits] as never))
    );
  };
}

/**
 * Makes the look-up. The rightmost forwarded address that is not itself a trusted proxy is the caller; used for
 * rate limits and logs only, never for access. Throws when a trusted proxy is no address or CIDR range.
 */
export function clientAddresses(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusted = peerWithin(trustedProxies);
  return (request) => {
    const peer = parse(request.socket.remoteAddress ?? '')?.toString() ?? 'unknown';
    const forwarded = request.headers['x-forwarded-for'];
    if (forwarded === undefined || !trusted(peer)) return peer;
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
      .slice(-1_024)
      .split(',')
      .reverse();
    for (const hop of hops) {
      const address = parse(hop.trim())?.toString();
      if (address === undefined) return peer;
      if (!trusted(address)) return address;
    }
    return peer;
  };
}
