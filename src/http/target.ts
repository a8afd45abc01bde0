// What does the request line ask for? One canonical path and query, decided once, before anything looks at them.
import { GatewayError } from '../errors.ts';

export type Target = {
  /** Segments of the path, decoded once; empty for `/`. */
  segments: readonly string[];
  query: ReadonlyMap<string, string>;
};

const maxParameters = 50;
const segmentPattern = /^[A-Za-z0-9$._~!'()*+,:@&=-]+$/;
const parameterName = /^[A-Za-z_$][A-Za-z0-9_$:.-]{0,63}$/;

const malformed = (message: string, reason: string) => new GatewayError('invalid', message, { reason });

/** `GET http://host/path` is legal (RFC 9112, section 3.2.2); whose host it names changes nothing here. */
const originForm = (url: string) => url.replace(/^https?:\/\/[^/?#]*/i, '') || '/';

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GatewayError('invalid', 'The address is not well encoded.', {
      cause,
      reason: 'address-encoding',
    });
  }
}

function readPath(path: string): string[] {
  if (!path.startsWith('/')) throw malformed('The address must start with a slash.', 'address-form');
  if (path === '/') return [];
  return path
    .slice(1)
    .split('/')
    .map((raw) => {
      const segment = decodeOnce(raw);
      if (segment === '.' || segment === '..' || !segmentPattern.test(segment)) {
        throw malformed('The address holds a part that no address here has.', 'address-form');
      }
      return segment;
    });
}

function readQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  if (text === '') return query;
  const pairs = text.split('&', maxParameters + 1);
  if (pairs.length > maxParameters) throw malformed('The query has too many parameters.', 'query-size');
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=');
    const key = decodeOnce(name);
    if (!parameterName.test(key)) throw malformed('The query has a malformed parameter.', 'query-form');
    if (query.has(key)) throw malformed(`The parameter \`${key}\` is given more than once.`, 'query-double');
    query.set(key, decodeOnce(value.join('=').replaceAll('+', ' ')));
  }
  return query;
}

/**
 * Reads the request target. Throws `invalid` for dot segments, empty segments, encoded slashes, matrix parameters,
 * wrong encodings, and for doubled or nested parameters; `uriTooLong` beyond `maxLength`.
 */
export function readTarget(url: string, maxLength: number): Target {
  if (url.length > maxLength) throw new GatewayError('uriTooLong', 'The address is too long.');
  const target = originForm(url);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { segments: readPath(path), query: readQuery(mark < 0 ? '' : target.slice(mark + 1)) };
}
