// Does an answer ever lead outside the address that was asked?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextIn, nextPage } from './nextPage.ts';

const base = 'https://holder.example/fhir/r4';
const whence = { base, asked: new Set([`${base}/Consent?page=1`]), patientBsn: '999911120' };

describe('the next page', () => {
  test.each([
    [`${base}?_getpages=x`, `${base}?_getpages=x`],
    [`${base}/Consent?page=2#top`, `${base}/Consent?page=2`],
    ['Consent?page=2', `${base}/Consent?page=2`],
    ['/fhir/r4/Consent?page=2', `${base}/Consent?page=2`],
    ['https://HOLDER.example:443/fhir/r4/Consent?page=%2Fx', `${base}/Consent?page=%2Fx`],
  ])('at %s is followed', (written, url) => {
    expect(nextPage(written, whence)).toEqual({ url });
  });

  test('with a query alone is one of the same search, but for what is paged on the base', () => {
    const search = { ...whence, search: `${base}/Consent` };
    expect(nextPage('?page=2', search)).toEqual({ url: `${base}/Consent?page=2` });
    expect(nextPage('?page=1', search)).toEqual({ fault: 'next-again' });
    expect(nextPage('?q=999911120', search)).toEqual({ fault: 'next-names-patient' });
    expect(nextPage('?_getpages=x&_count=2', search)).toEqual({ url: `${base}/?_getpages=x&_count=2` });
    expect(nextPage('Consent?page=2', search)).toEqual({ url: `${base}/Consent?page=2` });
  });

  test.each([
    'http://holder.example/fhir/r4/Consent',
    'https://holder.example:8443/fhir/r4/Consent',
    'https://holder.example.evil.example/fhir/r4/Consent',
    'https://holder.example@evil.example/fhir/r4/Consent',
    'https://holder.example\\@evil.example/fhir/r4',
    'https://holder.example/fhir/r4evil',
    'https://holder.example/fhir',
    '../stu3/Consent',
    'a/../../../admin',
    'Consent/%2e%2e/%2e%2e/%2e%2e/admin',
    'Consent/..%2f..%2f..%2fadmin',
    'Consent/..%5c..%5cadmin',
    'Consent/%252e%252e/admin',
    'javascript:alert(1)',
    'data:application/json,{}',
  ])('at %s is not', (written) => {
    expect(nextPage(written, whence)).toEqual({ fault: 'next-elsewhere' });
  });

  test('is never one with the BSN, and never one that was read', () => {
    expect(nextPage(`${base}/Consent?patient.identifier=999911120`, whence)).toEqual({
      fault: 'next-names-patient',
    });
    for (const written of [
      'Consent?q=%39%39%39911120',
      'Consent?x=%E0&q=%39%39%39911120',
      'Consent?x=%&q=%39%39%39911120',
      'Consent?q=%2539%2539%2539911120',
      'Consent?q=%25252539%39%39911120',
      'Consent?q=999-911-120',
      'Consent?q=999.911%20120',
      'Consent?q=999_911+120',
      `Consent?q=${'%25'.repeat(3)}${'25'.repeat(20)}`,
    ])
      expect(nextPage(written, whence), written).toEqual({ fault: 'next-names-patient' });
    for (const written of ['Consent?family=Andr%E9&page=2', 'Consent?c=50%25%20off', 'Consent?q=99991112'])
      expect(nextPage(written, whence), written).toHaveProperty('url');
    expect(nextPage(`${base}/Consent?page=1`, whence)).toEqual({ fault: 'next-again' });
  });

  test('lies below the base, whatever is written', () => {
    const part = fc.constantFrom(
      'https:',
      '//',
      '/',
      '\\',
      '..',
      '.',
      '@',
      '%2e',
      '%2f',
      'fhir',
      'r4',
      'evil.example',
      ':',
      '?',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
          fc.webUrl(),
        ),
        (written) => {
          const next = nextPage(written, whence);
          if ('fault' in next) return true;
          const { origin, pathname } = new URL(next.url);
          return origin === 'https://holder.example' && /^\/fhir\/r4(?:\/|$)/.test(pathname);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('what a searchset says of its next page', () => {
  const nextOf = (link: unknown) => nextIn({ resourceType: 'Bundle', link });

  test.each<[unknown, string | undefined]>([
    [undefined, undefined],
    ['next', undefined],
    [[], undefined],
    [{ relation: 'next', url: 'Consent?page=2' }, 'Consent?page=2'],
    [[null, 'next', { relation: 'self', url: 'Consent?page=1' }], undefined],
    [
      [
        { relation: 'self', url: 'Consent?page=1' },
        { relation: 'next', url: 'Consent?page=2' },
      ],
      'Consent?page=2',
    ],
  ])('in %j is %j', (link, next) => {
    expect(nextOf(link)).toBe(next);
  });

  test.each([{}, { url: 2 }, { url: null }, { url: '' }])(
    'with %j is a page that cannot be followed',
    (more) => {
      const written = nextOf([{ relation: 'next', ...more }]);
      expect(nextPage(written ?? 'none', whence)).toEqual({ fault: 'next-elsewhere' });
    },
  );
});
