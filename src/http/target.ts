// What does the request line ask for? One canonical path and query, decided once, before anything looks at them.
import { GatewayError } from '../errors.ts';
import { namesPerson } from './personNumbers.ts';

export type Target = {
  /** Segments of the path, decoded once; empty for `/`. */
  segments: readonly string[];
  query: ReadonlyMap<string, string>;
  /** The same in order, with names that may come more than once each time they do. */
  parameters: Parameters;
};

/** Name and value, in order. */
export type Parameters = readonly (readonly [name: string, value: string])[];

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

/** Does a value or a part of an address stand for a person? There it would reach logs and histories of others. */
function refuseBsn(text: string): void {
  if (namesPerson(text))
    throw malformed('A BSN never belongs in an address; ask by POST, in the body.', 'bsn-in-address');
}

/**
 * The parameters of a query, or of a form. Throws `invalid` for more than fifty, for malformed names and encodings, and for
 * a name given twice where `repeatable` does not say that it may be.
 */
export function readParameters(text: string, repeatable: (name: string) => boolean): Parameters {
  const found: [name: string, value: string][] = [];
  if (text === '') return found;
  const pairs = text.split('&', maxParameters + 1);
  if (pairs.length > maxParameters) throw malformed('The query has too many parameters.', 'query-size');
  const seen = new Set<string>();
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=');
    const key = decodeOnce(name);
    if (!parameterName.test(key)) throw malformed('The query has a malformed parameter.', 'query-form');
    if (seen.has(key) && !repeatable(key))
      throw malformed(`The parameter \`${key}\` is given more than once.`, 'query-double');
    seen.add(key);
    found.push([key, decodeOnce(value.join('=').replaceAll('+', ' '))]);
  }
  return found;
}

/**
 * Reads the request target. Throws `invalid` for dot segments, empty segments, encoded slashes, matrix parameters,
 * wrong encodings, for doubled or nested parameters, and for a BSN; `uriTooLong` beyond `maxLength`.
 */
export function readTarget(
  url: string,
  maxLength: number,
  repeatable: (name: string) => boolean = () => false,
): Target {
  if (url.length > maxLength) throw new GatewayError('uriTooLong', 'The address is too long.');
  const target = originForm(url);
  const mark = target.indexOf('?');
  const segments = readPath(mark < 0 ? target : target.slice(0, mark));
  const parameters = readParameters(mark < 0 ? '' : target.slice(mark + 1), repeatable);
  for (const text of [...segments, ...parameters.map(([, value]) => value)]) refuseBsn(text);
  return { segments, parameters, query: new Map(parameters) };
}
