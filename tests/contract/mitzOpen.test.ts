// Whom does Mitz name for this patient? The open question with its assertion, against a real server.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readTree } from '../../src/outgoing/soapTree.ts';
import type { LocateQuestion } from '../../src/routing/localisation.ts';
import { createAskMitzOpen } from '../../src/routing/mitzOpen.ts';
import { readLocations } from '../../src/routing/mitzOpenAnswer.ts';
import { type MitzFault, type SandboxMitz, startMitz } from '../../src/sandbox/mitz.ts';
import { locations } from '../../src/sandbox/mitzAnswers.ts';
import { systems } from '../../src/sandbox/mitzChoices.ts';
import { bsn, client, doctor, otherBsn, practiceUra, question } from './mitzStage.ts';

let mitz: SandboxMitz;
const outgoing = client();
beforeAll(async () => {
  mitz = await startMitz();
  mitz.setChoice({ bsn, holderUra: practiceUra, category: 'GGC002', permit: true });
  mitz.setChoice({ bsn, holderUra: '90000502', permit: false });
});
afterEach(() => {
  mitz.setFault(undefined);
  mitz.requests.length = 0;
});
afterAll(async () => {
  await outgoing.close();
  await mitz.close();
});

const { holder: _, ...asking } = question();
const ask = (change: Partial<LocateQuestion> = {}, now = new Date()) =>
  createAskMitzOpen({
    outgoing,
    clock: () => now,
    settings: { openUrl: mitz.openUrl, timeoutMs: 500, issuer: 'urn:oid:2.16.840.1.113883.2.4.3.239' },
  })({ ...asking, ...change });
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: { reason?: string }) => error.reason,
  );

describe('the open question', () => {
  it('names the holders that may be asked, and no others', async () => {
    expect(await ask()).toEqual({ holders: [{ ura: practiceUra, categories: ['GGC002'], ...systems }] });
    expect(mitz.requests[0]?.rule).toBeUndefined();
  });

  it('finds nobody for a patient who is not known', async () => {
    expect(await ask({ patientBsn: otherBsn })).toEqual({ holders: [] });
  });

  it('says who is responsible and who acts', async () => {
    const assistant = { identifier: { ...doctor.identifier, value: '900027309' } };
    expect(await reasonOf(ask({ practitioner: assistant, mandatedBy: doctor }))).toBe('answered');
    expect(mitz.requests[0]?.body).toMatch(/provider-identifier".*?900027308.*?mandated".*?900027309/);
  });

  it('keeps the BSN out of address and headers', async () => {
    await ask();
    const { headers, path } = mitz.requests[0] ?? {};
    expect(JSON.stringify({ headers, path })).not.toContain(bsn);
  });

  it('is refused by the sandbox with an assertion of yesterday', async () => {
    expect(await reasonOf(ask({}, new Date(Date.now() - 86_400_000)))).toBe('fault-sender');
    expect(mitz.requests[0]?.rule).toBe('the assertion is valid now');
  });

  it.each([
    ['input-patient', { patientBsn: '1' }],
    ['input-purpose', { purposeOfUse: 'ETREAT' }],
    ['input-role', { practitioner: { identifier: doctor.identifier } }],
  ] as const)('is not asked without %s', async (reason, change) => {
    expect(await reasonOf(ask(change))).toBe(reason);
    expect(mitz.requests).toEqual([]);
  });

  const refused: readonly [MitzFault['kind'], string][] = [
    ['noRelation', 'wrong-relation'],
    ['wrongRelation', 'wrong-relation'],
    ['wrongAction', 'wrong-action'],
    ['otherPatient', 'malformed'],
    ['doctype', 'malformed'],
    ['deep', 'malformed'],
    ['huge', 'too-large'],
    ['twoBodies', 'malformed'],
    ['html', 'not-soap'],
    ['redirect', 'status-302'],
    ['fail', 'status-500'],
    ['faultReceiver', 'fault-receiver'],
    ['hang', 'timeout'],
  ];
  it.each(refused)('%s is no answer: %s', async (kind, reason) => {
    mitz.setFault({ kind });
    expect(await reasonOf(ask())).toBe(reason);
    expect(mitz.requests).toHaveLength(1);
  });
});

describe('the answer', () => {
  const read = (text: string) => readLocations(readTree(Buffer.from(text)), bsn);
  const one = { ura: practiceUra, ...systems, categories: ['GGC002'] };

  it('counts one holder per URA, community and source', () => {
    const elsewhere = { ...one, community: 'urn:oid:2.16.840.1.113883.2.4.6.6.1' };
    const found = read(locations(bsn, [one, elsewhere, { ...one, categories: ['GGC013', 'GGC002'] }]));
    expect(found).toEqual([{ ...one, categories: ['GGC002', 'GGC013'] }, elsewhere]);
  });

  it.each([
    ['a holder without URA', locations(bsn, [one]).replace('2.16.528.1.1007.3.3', '1.2.3')],
    ['another element', locations(bsn, [one]).replace('</PatientLocationQueryResponse>', '<x/>$&')],
    [
      'another patient among them',
      locations(bsn, [one]).replace(
        '</PatientLocationQueryResponse>',
        `${locations(otherBsn, [one]).replace(/<\/?PatientLocationQueryResponse[^>]*>/g, '')}$&`,
      ),
    ],
    ['another namespace', locations(bsn, [one]).replace('urn:ihe:iti:xcpd:2009', 'urn:x')],
  ])('is worthless with %s', (_name, text) => {
    expect(() => read(text)).toThrow('malformed');
  });
});
