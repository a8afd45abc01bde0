// What may the settings of localisation not be, and what are they when nothing is said?
import { describe, expect, test } from 'vitest';
import { localisationSettings, sourcesFor } from './localisationSettings.ts';

const nvi = {
  address: 'http://127.0.0.1:81/fhir',
  pseudonyms: {
    address: 'https://prs.example',
    recipient: 'ura:90000901',
    auth: { kind: 'private_key_jwt', tokenEndpoint: 'http://10.0.0.1/token', clientId: 'sluis' },
  },
};
const faults = (written: object) =>
  localisationSettings
    .safeParse(written)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the settings of localisation', () => {
  test('are the list alone when nothing is said', () => {
    expect(sourcesFor(localisationSettings.parse({}), 'wishes')).toEqual({
      exchange: 'wishes',
      order: ['list'],
      policy: 'union',
      askRequester: true,
      timeoutMs: 1_500,
    });
  });

  test('hold for their own exchange', () => {
    const settings = localisationSettings.parse({ exchanges: [{ exchange: 'wishes', order: ['regional'] }] });
    expect(sourcesFor(settings, 'wishes').order).toEqual(['regional']);
    expect(sourcesFor(settings, 'medication').order).toEqual(['list']);
  });

  test('name a source and an exchange once, and the index only when it is there', () => {
    expect(faults({ exchanges: [{ exchange: 'wishes', order: ['list', 'list'] }] })).toEqual([
      'exchanges.0.order: names a source twice',
    ]);
    expect(faults({ exchanges: [{ exchange: 'wishes' }, { exchange: 'wishes' }] })).toEqual([
      'exchanges.1.exchange: is named twice',
    ]);
    expect(faults({ exchanges: [{ exchange: 'wishes', order: ['nvi'] }] })).toEqual([
      'exchanges.0.order: names nvi; give localisation.nvi',
    ]);
    expect(faults({ nvi, exchanges: [{ exchange: 'wishes', order: ['nvi'] }] })).toBeUndefined();
  });
});
