// Which addresses may the gateway call? Public ones, and those that the settings allow by name.
// Ranges: the IANA special-purpose address registries (RFC 6890), through ipaddr.js.
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { OutgoingFailure } from './outgoingFailure.ts';

/** One allowed exception: a range of addresses, or one host (name or address) with one port. */
type Exception = { range: [ipaddr.IPv4 | ipaddr.IPv6, number] } | { host: string; port: number };

export type AddressRules = readonly Exception[];

/** Where a request wants to go: host without brackets and trailing dots, in lower case. */
export type Target = { host: string; port: number };

/** Cloud metadata that sits in public address space; the others are link-local or unique-local. */
const metadata = new Set(['168.63.129.16']);
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

const cleanHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '');

const parseException = (text: string): Exception | undefined => {
  if (ipaddr.isValidCIDR(text)) return { range: ipaddr.parseCIDR(text) };
  const parts = /^(\[[0-9a-f:.]+\]|[^:/\s]+):(\d{1,5})$/i.exec(text.trim());
  if (!parts?.[1] || !parts[2]) return undefined;
  const port = Number(parts[2]);
  return port > 0 && port < 65_536 ? { host: cleanHost(parts[1]), port } : undefined;
};

/** True when `text` is a CIDR or `host:port`. */
export const isException = (text: string): boolean => parseException(text) !== undefined;

/** Parses the allow-list; throws on an entry that is neither a CIDR nor `host:port`. */
export function parseRules(allowPrivate: readonly string[]): AddressRules {
  return allowPrivate.map((text) => {
    const exception = parseException(text);
    if (!exception) throw new TypeError(`not a CIDR or host:port: ${text}`);
    return exception;
  });
}

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean => {
  if (metadata.has(address.toString()) || address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast);
};

const inRange = (address: ipaddr.IPv4 | ipaddr.IPv6, range: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean =>
  address.kind() === range[0].kind() && address.match(range);

/** May a connection to `address` be opened for a request to `target`? IPv4 inside IPv6 is judged as the IPv4 address. */
export function permitted(address: string, target: Target, rules: AddressRules): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.process(bare);
  if (isPublic(parsed)) return true;
  return rules.some((rule) => {
    if ('range' in rule) return inRange(parsed, rule.range);
    if (rule.port !== target.port) return false;
    return rule.host === target.host || rule.host === bare || rule.host === parsed.toString();
  });
}

const judged = new WeakMap<AddressRules, Map<string, boolean>>();
const mostJudged = 1_000;

/** A literal address is judged once per rules: it means the same at every call. */
function literalPermitted(address: string, target: Target, rules: AddressRules): boolean {
  const known = judged.get(rules) ?? new Map<string, boolean>();
  judged.set(rules, known);
  const key = `${target.host} ${target.port}`;
  const verdict = known.get(key) ?? permitted(address, target, rules);
  if (known.size < mostJudged) known.set(key, verdict);
  return verdict;
}

/**
 * The target of an absolute http(s) address. Throws `OutgoingFailure` for other schemes, credentials in the address,
 * a literal address that is not permitted, and names that only mean this machine.
 */
export function targetOf(url: string, rules: AddressRules): { url: URL; target: Target } {
  const parsed = URL.parse(url);
  if (!parsed) throw new OutgoingFailure('invalid-request');
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw new OutgoingFailure('refused-address');
  if (parsed.username || parsed.password) throw new OutgoingFailure('refused-address');
  const host = cleanHost(parsed.hostname);
  const port = Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80));
  const target = { host, port };
  if (host === '') throw new OutgoingFailure('refused-address');
  const literal = host === 'localhost' || host.endsWith('.localhost') ? '127.0.0.1' : host;
  if (isIP(literal) !== 0 && !literalPermitted(literal, target, rules))
    throw new OutgoingFailure('refused-address');
  return { url: parsed, target };
}

/**
 * For settings: why the gateway would never call `url`, or undefined when it may. Names are judged again, by the
 * addresses they resolve to, each time a connection is opened.
 */
export function checkAddress(url: string, allowPrivate: readonly string[] = []): string | undefined {
  const parsed = URL.parse(url);
  if (!parsed) return 'not an absolute address';
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return 'only http and https addresses are called';
  if (parsed.username || parsed.password) return 'an address must not contain credentials';
  if (parsed.hash) return 'an address must not contain a fragment';
  try {
    targetOf(url, parseRules(allowPrivate));
    return undefined;
  } catch {
    return 'private, loopback, link-local and other special addresses are called only when outgoing.allowPrivate lists them';
  }
}

/** A DNS look-up that yields only permitted addresses, so that what was checked is what is connected to. */
export function guardedLookup(target: Target, rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const good = found.filter((one) => permitted(one.address, target, rules));
      const first = good[0];
      if (!first) return callback(new OutgoingFailure('refused-address'), '');
      return options.all ? callback(null, good) : callback(null, first.address, first.family);
    });
  };
}
