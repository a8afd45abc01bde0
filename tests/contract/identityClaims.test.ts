// Does the token say who asks and why exactly as the client vouched for it, and nothing that it did not say?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { assertion, formOf, type IdentityStage, identityOn } from './identityCast.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

const subject = {
  version: '1',
  subject_id: 'urn:oid:2.16.528.1.1007.3.1#000095254',
  subject_role: 'urn:oid:2.16.840.1.113883.2.4.15.111#01.015',
  organization_id: 'http://fhir.nl/fhir/NamingSystem/ura#90000001',
  purpose_of_use: ['http://terminology.hl7.org/CodeSystem/v3-ActReason#TREAT'],
};
const mandate = { registered_by: 'urn:oid:2.16.528.1.1007.3.1#000011111', role_code: '01.015' };
const context = { requestId: 'request-1' };

let ground: Ground;
let store: Store;
let stage: IdentityStage;
beforeEach(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open();
  stage = await identityOn(store);
});
afterEach(() => ground.end());

async function tokenFor(claims: Record<string, unknown>): Promise<string> {
  const text = await assertion({ claims });
  return (await stage.identity.issueToken(formOf(text), context)).access_token;
}
const requesterOf = async (claims: Record<string, unknown>) =>
  stage.identity.authenticate(`Bearer ${await tokenFor(claims)}`, context);
const withB2b = (more: Record<string, unknown>) => ({ extensions: { 'hl7-b2b': { ...subject, ...more } } });

describe('a token with a B2B object', () => {
  test('carries professional, role and purpose to each request, also when it was verified before', async () => {
    const token = await tokenFor(withB2b({}));
    for (const _again of [1, 2]) {
      const requester = await stage.identity.authenticate(`Bearer ${token}`, context);
      expect(requester.practitioner).toEqual({
        identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value: '000095254' },
        role: '01.015',
      });
      expect(requester.purposeOfUse).toBe('TREAT');
      expect(requester).not.toHaveProperty('mandatedBy');
    }
    const body = await store.read.selectFrom('audit').select('body').executeTakeFirstOrThrow();
    expect(JSON.parse(body.body)).toMatchObject({
      event: 'token.issued',
      purposeOfUse: 'TREAT',
      practitioner: { identifier: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers|000095254', role: '01.015' },
    });
  });

  test('carries on whose behalf somebody acts', async () => {
    const requester = await requesterOf({ extensions: { 'hl7-b2b': subject, 'nl-mandate': mandate } });
    expect(requester.mandatedBy).toMatchObject({ identifier: { value: '000011111' }, role: '01.015' });
    const record = await store.read
      .selectFrom('audit')
      .select('body')
      .orderBy('position', 'desc')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(record.body).mandatedBy).toMatchObject({
      identifier: expect.stringMatching(/\|000011111$/),
      role: '01.015',
    });
  });

  test('takes a bare code, and fills nothing in', async () => {
    const { subject_role, ...noRole } = subject;
    const requester = await requesterOf({
      extensions: { 'hl7-b2b': { ...noRole, purpose_of_use: ['ETREAT'] } },
    });
    expect(requester.purposeOfUse).toBe('ETREAT');
    expect(requester.practitioner).not.toHaveProperty('role');
    const none = await requesterOf({});
    expect(Object.keys(none).sort()).toEqual(['clientId', 'participant', 'scopes', 'tokenId']);
  });
});

describe('a malformed B2B object is refused by name', () => {
  const long = `urn:x#${'1'.repeat(300)}`;
  const cases: [string, Record<string, unknown>, number, string][] = [
    ['no object', { extensions: 'x' }, 400, 'extensions'],
    ['a list for an object', { extensions: { 'hl7-b2b': [] } }, 400, 'b2b-object'],
    ['a mandate alone', { extensions: { 'nl-mandate': mandate } }, 400, 'b2b-object'],
    ['another version', withB2b({ version: 1 }), 400, 'b2b-version'],
    ['no organisation', withB2b({ organization_id: undefined }), 400, 'b2b-organisation'],
    [
      'another organisation',
      withB2b({ organization_id: 'http://fhir.nl/fhir/NamingSystem/ura#90000009' }),
      401,
      'b2b-organisation',
    ],
    ['no purpose', withB2b({ purpose_of_use: undefined }), 400, 'b2b-purpose'],
    ['an empty purpose', withB2b({ purpose_of_use: [] }), 400, 'b2b-purpose'],
    ['an empty code', withB2b({ purpose_of_use: [''] }), 400, 'b2b-purpose'],
    ['two purposes', withB2b({ purpose_of_use: ['TREAT', 'COC'] }), 400, 'b2b-purpose'],
    [
      'a purpose of another system',
      withB2b({ purpose_of_use: ['http://evil.example#TREAT'] }),
      400,
      'b2b-purpose',
    ],
    ['a purpose as text', withB2b({ purpose_of_use: 'TREAT' }), 400, 'b2b-purpose'],
    ['a subject without a system', withB2b({ subject_id: '000095254' }), 400, 'b2b-subject'],
    ['a subject that is endless', withB2b({ subject_id: long }), 400, 'b2b-subject'],
    ['a subject with a line break', withB2b({ subject_id: 'urn:oid:1.2#1\n2' }), 400, 'b2b-subject'],
    ['a role without a subject', withB2b({ subject_id: undefined }), 400, 'b2b-subject'],
    ['a role of another system', withB2b({ subject_role: 'http://evil.example#01.015' }), 400, 'b2b-subject'],
    [
      'a mandate without a person',
      { extensions: { 'hl7-b2b': subject, 'nl-mandate': { role_code: '01.015' } } },
      400,
      'b2b-mandate',
    ],
  ];
  test.each(cases)('%s', async (...given) => {
    const [, claims, status, reason] = given;
    const refusal = tokenFor(claims);
    await expect(refusal).rejects.toMatchObject({
      kind: status === 400 ? 'invalid' : 'unauthenticated',
      oauth: status === 400 ? 'invalid_request' : 'invalid_client',
      reason,
    });
    const { body } = await store.read.selectFrom('audit').select('body').executeTakeFirstOrThrow();
    expect(JSON.parse(body)).toMatchObject({ event: 'token.refused', reason });
    const text = await assertion({ claims: withB2b({}) });
    await expect(stage.identity.issueToken(formOf(text), context)).resolves.toHaveProperty('access_token');
  });
});
