// How are the national services asked? With a token, once more after a 401, and JSON back.
import { withoutMark } from '../fhir/byteOrderMark.ts';
import { parseJson } from '../fhir/json.ts';
import type { OutgoingAuth } from '../model.ts';
import type { Outgoing, OutgoingAnswer } from '../outgoing/outgoing.ts';
import type { Tokens } from '../outgoing/tokens.ts';
import { SourceFault } from './sourceFault.ts';

export type NationalDeps = { outgoing: Outgoing; tokens: Tokens };

export type NationalRequest = {
  /** Begins the codes of what goes wrong: `nvi`, `prs`. */
  service: string;
  auth: OutgoingAuth;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  signal: AbortSignal;
};

const mostBytes = 1_048_576;

async function ask(
  request: NationalRequest,
  { outgoing, tokens }: NationalDeps,
  refused?: string,
): Promise<{ answer: OutgoingAnswer; header: string | undefined }> {
  const { service, auth, headers, ...rest } = request;
  const token = await tokens.get(auth, ...(refused === undefined ? [] : [{ refused }]));
  if ('failure' in token) throw new SourceFault(`${service}-token`);
  const { header } = token;
  const wanted = {
    ...rest,
    maxBytes: mostBytes,
    headers: { ...headers, ...(header && { authorization: header }) },
  };
  return { answer: await outgoing.request(wanted), header };
}

/** The JSON of a 200. Throws `SourceFault` for any other answer, `OutgoingFailure` when there is none. */
export async function askNational(request: NationalRequest, deps: NationalDeps): Promise<unknown> {
  const { service } = request;
  let { answer, header } = await ask(request, deps);
  if (answer.status === 401 && header !== undefined) ({ answer } = await ask(request, deps, header));
  if (answer.status !== 200) throw new SourceFault(`${service}-status-${answer.status}`);
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(answer.headers['content-type'] ?? '')) {
    throw new SourceFault(`${service}-not-json`);
  }
  try {
    return parseJson(withoutMark(answer.body));
  } catch {
    throw new SourceFault(`${service}-not-json`);
  }
}
