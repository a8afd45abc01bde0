// Are forms agreed upon by name alone, whatever a header holds?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptsNative, safeContentType, wantsFhirForm } from './binary.ts';
import { languageOf } from './language.ts';
import { answerForm, bodyForm, parseMediaType } from './mediaTypes.ts';

describe('forms', () => {
  it('of bodies are known by exact type, charset and FHIR version', () => {
    expect(bodyForm('application/fhir+json; fhirVersion=4.0', 'r4')).toBe('json');
    expect(bodyForm('application/fhir+json; fhirVersion=3.0', 'r4')).toBeUndefined();
    expect(bodyForm('application/fhir+json; fhirVersion=4.0.1', 'r4')).toBeUndefined();
    expect(bodyForm('application/fhir+xml ;charset=utf-8', 'stu3')).toBe('xml');
    for (const type of [
      undefined,
      '',
      'application/fhir+jsonx',
      '*/*',
      'application/*',
      'constructor',
      'application/fhir+json; charset',
    ]) {
      expect([type, bodyForm(type, 'stu3')]).toEqual([type, undefined]);
    }
  });

  it('of answers never crash and never leave JSON and XML', () => {
    const header = fc.string({ unit: fc.constantFrom(...'ajx/+*;=q.01, "fhir') });
    fc.assert(
      fc.property(header, fc.option(header, { nil: undefined }), (accept, format) => {
        expect([undefined, 'json', 'xml']).toContain(answerForm({ accept, format }, 'stu3'));
        languageOf(accept);
        parseMediaType(accept);
      }),
    );
  });

  it('of Binaries are opaque when a browser could run them', () => {
    for (const type of [
      'application/pdf',
      'image/png',
      'text/plain',
      'application/dicom',
      'text/plain; charset=utf-8',
    ]) {
      expect(safeContentType(type)).toBe(type.split(';')[0]);
    }
    for (const type of [
      'text/html',
      'TEXT/HTML',
      'image/svg+xml',
      'application/xml',
      'text/plain\r\nX: y',
      7,
      null,
      undefined,
      'x',
      'a/*',
      'multipart/related',
    ]) {
      expect(safeContentType(type)).toBe('application/octet-stream');
    }
    expect(wantsFhirForm('*/*', undefined)).toBe(false);
    expect(wantsFhirForm('application/fhir+json;q=0', undefined)).toBe(false);
    expect(acceptsNative('image/*', 'image/png')).toBe(true);
    expect(acceptsNative('image/png;q=0, */*', 'image/png')).toBe(false);
  });
});
