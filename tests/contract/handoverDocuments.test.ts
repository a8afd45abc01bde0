// Does a document reach the receiver as the sender believes? Inside its DocumentReference, beside it, or at an address of its own.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff, pdf, resourceIn } from '../world/nursingHandoff.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64');
const file = 'https://epd.hospital.example/files/123.pdf';

/** A handoff whose one document has this attachment, and no Binary. */
function withAttachment(attachment: Record<string, unknown>): FhirResource {
  const handoff = nursingHandoff({ case: randomUUID() });
  resourceIn(handoff, 'DocumentReference/doc-1').content = [{ attachment }];
  const rows = handoff.entry as { resource: FhirResource }[];
  return { ...handoff, entry: rows.filter(({ resource }) => resource.resourceType !== 'Binary') };
}

type Told = { details?: { coding?: { code?: string }[] }; expression?: string[] };
const rulesOf = ({ resource }: { resource?: FhirResource }) =>
  ((resource?.issue ?? []) as Told[]).flatMap((one) => one.details?.coding?.[0]?.code ?? []);

test.each(['application/pdf', 'Application/PDF; version=1.7'])(
  'what calls itself %s inside its DocumentReference and is none is refused',
  async (contentType) => {
    const body = withAttachment({ contentType, data: base64('geen pdf') });
    await expect(stage.push(body)).rejects.toMatchObject({
      issues: [{ rule: 'handover-pdf', expression: ['Bundle.entry[18].resource.content[0].attachment'] }],
    });
  },
);

test('nor is a Binary whose type is written in capitals taken for something else', async () => {
  const body = nursingHandoff({ case: randomUUID() });
  Object.assign(resourceIn(body, 'Binary/bin-1'), {
    contentType: 'Application/PDF',
    content: base64('geen pdf'),
  });
  await expect(stage.push(body)).rejects.toMatchObject({ issues: [{ rule: 'handover-pdf' }] });
});

test('a PDF inside its DocumentReference that does not declare PDF/A is remarked on, one that does is not', async () => {
  const pushed = (declares: boolean) =>
    stage.push(withAttachment({ contentType: 'application/pdf', data: base64(pdf(declares)) }));
  expect(rulesOf(await pushed(false))).toEqual(['handover-pdfa']);
  expect(rulesOf(await pushed(true))).toEqual([]);
});

test('a document at an address outside the handover is remarked on, and its address stays', async () => {
  const response = await stage.push(withAttachment({ contentType: 'application/pdf', url: file }));
  expect(rulesOf(response)).toEqual(['handover-document-outside']);
  const { compositionId } = await stage.served(response);
  const { resource } = await stage.get(`Composition/${compositionId}/$document`);
  expect(JSON.stringify(resource)).toContain(file);
});

test('an address beside the bytes, or of something that is no document, is none to remark on', async () => {
  const data = base64(pdf());
  const body = withAttachment({ contentType: 'application/pdf', url: file, data });
  resourceIn(body, 'Condition/cond-1').extension = [{ url: file, valueBoolean: true }];
  expect(rulesOf(await stage.push(body))).toEqual([]);
});
