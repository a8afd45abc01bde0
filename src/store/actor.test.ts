// Is everybody who acted named in the same words?
import { expect, it } from 'vitest';
import { actorOf } from './actor.ts';

const participant = { id: 'rav', name: 'RAV', identifiers: [], active: true, clients: [], endpoints: [] };
const person = (value: string, role?: string) => ({
  identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value },
  ...(role && { role }),
});

it('names organisation and system alone where nobody else is vouched for', () => {
  expect(actorOf({ participant, clientId: 'rav-system' })).toEqual({
    participantId: 'rav',
    clientId: 'rav-system',
  });
});

it('names the professional, the responsible one and the purpose, each number with its system', () => {
  const practitioner = person('900000711', '30.000');
  const mandatedBy = person('900000712');
  expect(
    actorOf({ participant, clientId: 'rav-system', practitioner, mandatedBy, purposeOfUse: 'TREAT' }),
  ).toEqual({
    participantId: 'rav',
    clientId: 'rav-system',
    practitioner: {
      identifier: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers|900000711',
      role: '30.000',
    },
    mandatedBy: { identifier: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers|900000712' },
    purposeOfUse: 'TREAT',
  });
});

it('takes whom the request names over whom the token names', () => {
  const token = { participant, clientId: 'c', practitioner: person('1'), purposeOfUse: 'TREAT' };
  const { practitioner, purposeOfUse } = actorOf(token, {
    practitioner: person('2'),
    purposeOfUse: 'ETREAT',
  });
  expect([practitioner?.identifier?.at(-1), purposeOfUse]).toEqual(['2', 'ETREAT']);
});
