// Is every address that the gateway would call judged before it starts, wherever it stands in the settings?
import { expect, it } from 'vitest';
import { addressFaults } from './addresses.ts';

const auth = (tokenEndpoint: string) => ({ kind: 'private_key_jwt', tokenEndpoint, clientId: 'x' });
const settings = {
  participants: [
    {
      clients: [{ clientId: 'a', jwksUrl: 'http://169.254.169.254/jwks' }],
      endpoints: [{ id: 'n', address: 'http://127.0.0.1:81/', auth: auth('http://[::1]/token') }],
      dataEndpoints: [
        { id: 'kept', kind: 'registered' },
        { id: 'd', address: 'http://127.0.0.1:81/fhir', auth: auth('http://127.0.0.1:81/token') },
      ],
    },
  ],
  localisation: {
    nvi: {
      address: 'http://10.1.1.1/fhir',
      auth: auth('https://tokens.example/token'),
      pseudonyms: { address: 'https://prs.example', auth: auth('http://127.0.0.1:81/token') },
    },
  },
  mitz: { closedUrl: 'http://127.0.0.1:82/closed', openUrl: 'https://mitz.example/open' },
};
const placesOf = (allowPrivate: unknown) =>
  addressFaults({ ...settings, outgoing: { allowPrivate } }).map(({ path }) => path);

it('names each address that may not be called, in the order of the file', () => {
  expect(placesOf([])).toEqual([
    'participants[0].clients[0].jwksUrl',
    'participants[0].endpoints[0].address',
    'participants[0].endpoints[0].auth.tokenEndpoint',
    'participants[0].dataEndpoints[1].address',
    'participants[0].dataEndpoints[1].auth.tokenEndpoint',
    'localisation.nvi.address',
    'localisation.nvi.pseudonyms.auth.tokenEndpoint',
    'mitz.closedUrl',
  ]);
});

it('says nothing of those that the settings allow, and of none while that cannot be known', () => {
  expect(placesOf(['127.0.0.0/8', '::1/128', '169.254.169.254/32'])).toEqual(['localisation.nvi.address']);
  expect(placesOf(['nowhere'])).toEqual([]);
  expect(placesOf('10.0.0.0/8')).toEqual([]);
  expect(addressFaults({})).toEqual([]);
  expect(addressFaults({ participants: 'none', mitz: [], localisation: null })).toEqual([]);
});
