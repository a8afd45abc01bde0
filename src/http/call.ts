// What is known of the request under way? Everything that its answer, its log line and its metrics need.
import type { IncomingMessage } from 'node:http';
import type { Language, Requester } from '../model.ts';
import type { FhirForm } from './mediaTypes.ts';
import type { Target } from './target.ts';

export type ErrorShape = 'fhir' | 'oauth' | 'problem';

export type Call = {
  requestId: string;
  /** For rate limits and logs only. */
  address: string;
  language: Language;
  startedAt: number;
  target: Target;
  /** The pattern of the address, such as `/stu3/Task/:id`; never the address itself. */
  route: string;
  errorShape: ErrorShape;
  errorForm: FhirForm;
  requester?: Requester;
  reason?: string | undefined;
};

const calls = new WeakMap<IncomingMessage, Call>();

export function rememberCall(request: IncomingMessage, call: Call): void {
  calls.set(request, call);
}

/** Throws when the frame did not see this request first, which would be a fault of the wiring. */
export function callOf(request: IncomingMessage): Call {
  const call = calls.get(request);
  if (!call) throw new Error('the request did not pass the frame');
  return call;
}
