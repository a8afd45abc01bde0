// What does a regional system without FHIR have about this patient? One POST of a form, one XML document (docs/holders.md).
import { isUtf8 } from 'node:buffer';
import type { Question } from './askFhir.ts';
import { call, formOf } from './call.ts';
import { sideBySide } from './sideBySide.ts';

const xmlType = /^(?:application|text)\/(?:[\w.-]+\+)?xml\s*(?:;|$)/i;

/** The text of an XML document; a DOCTYPE is refused here already, the rest when it is read. */
function textOf(answer: { headers: Record<string, string>; body: Uint8Array }): string | undefined {
  if (!xmlType.test(answer.headers['content-type'] ?? '') || !isUtf8(answer.body)) return undefined;
  const text = Buffer.from(answer.body)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return /^\s*</.test(text) && !/<!DOCTYPE/i.test(text) ? text : undefined;
}

/** One POST per query: the BSN as `patient`, then the parameters of the query. 204 says that there is nothing. */
export async function askDocuments(question: Question): Promise<void> {
  const { endpoint, gathering, patientBsn, queries, settings } = question;
  await sideBySide(queries, settings.concurrency, async ({ parameters }) => {
    const form = formOf([['patient', patientBsn], ...parameters]);
    const maxBytes = Math.min(settings.pageBytes, gathering.room());
    const request = {
      method: 'POST',
      url: endpoint.address,
      accept: 'application/xml',
      form,
      maxBytes,
    } as const;
    const called = await call(request, question);
    if ('fault' in called && called.fault === 'status-204') return gathering.answered();
    if ('fault' in called) return gathering.fault(called.fault);
    gathering.took(called.answer.body.length);
    const text = textOf(called.answer);
    if (text === undefined) return gathering.fault('not-xml');
    gathering.answered();
    gathering.document(text);
  });
}
