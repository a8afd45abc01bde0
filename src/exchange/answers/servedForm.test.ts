// Does anything of the holder's own addresses leave with a resource? References, attachments, ids; and is the rest as it was?
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataEndpoint } from '../../../tests/world/cast.ts';
import { uraSystem } from '../../fhir/identifiers.ts';
import { parseJson, printJson } from '../../fhir/json.ts';
import type { FhirResource, Participant } from '../../model.ts';
import { heldPlace } from './heldPlace.ts';
import { type Served, servedForm, servedPlace, startServing } from './servedForm.ts';

const address = 'https://holder.example/fhir';
const participant: Participant = {
  id: 'gp',
  name: 'GP',
  identifiers: [
    { system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '01990404' },
    { system: uraSystem, value: '90000404' },
  ],
  active: true,
  clients: [],
  endpoints: [],
};
const endpoint = dataEndpoint({ address });
const person: FhirResource = { resourceType: 'RelatedPerson', id: 'r1' };
const given: Served = {
  store: {
    hash: (kind, value) => createHmac('sha256', 'key').update(`${kind} ${value}`).digest('base64url'),
  },
  holder: { participant, endpoint },
  patientId: 'the-askers-id',
  resolve: (reference) => (String(reference).endsWith('r1') ? person : undefined),
  placeOf: heldPlace,
};
const serving = startServing(given);
const served = (more: Record<string, unknown>): FhirResource =>
  servedForm({ resourceType: 'Consent', id: 'c1', ...more }, serving);

describe('the form in which a resource leaves', () => {
  it('has one id for one place, however a reference writes it', () => {
    const place = servedPlace(person, serving);
    const { list } = served({
      list: [
        'RelatedPerson/r1',
        `${address}/RelatedPerson/r1`,
        'urn:uuid:r1',
        'RelatedPerson/r1/_history/2',
      ].map((reference) => ({ reference })),
    });
    const unknown = startServing({ ...given, resolve: () => undefined });
    const far = servedForm(
      { resourceType: 'Consent', patient: { reference: `${address}/RelatedPerson/r1` } },
      unknown,
    );
    expect((list as { reference: string }[]).slice(0, 3)).toEqual([
      { reference: place },
      { reference: place },
      { reference: place },
    ]);
    expect(far.patient).toEqual({ reference: place });
  });

  it('leads every reference to a patient to the one whom the asker knows', () => {
    for (const reference of ['Patient/p1', `${address}/Patient/p1`])
      expect(served({ patient: { reference } }).patient).toEqual({ reference: 'Patient/the-askers-id' });
    expect(servedPlace({ resourceType: 'Patient', id: 'p1' }, serving)).toBe('Patient/the-askers-id');
  });

  it('leaves what is inside, and what is named by identifier, as it was', () => {
    const inside = {
      contained: [{ resourceType: 'Organization', id: 'o1' }],
      organization: [{ reference: '#o1' }],
      basedOn: [
        { type: 'MedicationRequest', identifier: { system: 'urn:oid:1.2', value: '3' }, display: 'MA' },
      ],
    };
    expect(served(inside)).toMatchObject(inside);
  });

  it('shows no address of the holder or of others, and nothing else is lost', () => {
    const content = {
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
      sourceAttachment: { contentType: 'application/pdf', url: `${address}/Binary/9`, title: 'x' },
      organization: [
        { reference: 'https://other.example/fhir/Organization/8' },
        { reference: 'Patient?identifier=999911612' },
      ],
      extension: [{ url: `${address}/StructureDefinition/own`, valueString: 'x' }],
    };
    const text = JSON.stringify(served(content));
    expect(text).not.toMatch(/Binary\/9|other\.example|999911612|"c1"/);
    expect(served(content)).toMatchObject({ text: content.text, extension: content.extension });
  });

  it('shows no document of the holder by an address below its own either', () => {
    const at = (url: string) => ({ sourceAttachment: { contentType: 'application/pdf', url } });
    const relative = served(at('Binary/9'));
    expect(JSON.stringify(relative)).not.toContain('Binary/9');
    expect(relative).toMatchObject(served(at(`${address}/Binary/9`)));
    for (const url of ['https://other.example/9.pdf', 'urn:oid:2.999.9'])
      expect(served(at(url))).toMatchObject(at(url));
    const absent = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason' }] };
    const named = {
      extension: [
        { url: 'legallyCapable', valueBoolean: true },
        { url: 'legallyCapableComment', _valueString: absent },
      ],
    };
    expect(served(named)).toMatchObject(named);
  });

  it('names the holder, and keeps what meta said beside', () => {
    expect(served({ meta: { versionId: '3', source: 'https://holder.example/secret' } }).meta).toEqual({
      versionId: '3',
      source: `${uraSystem}|90000404`,
    });
  });

  it('keeps decimals as they were written, and the source untouched', () => {
    const source = parseJson(
      Buffer.from('{"resourceType":"Observation","id":"o","valueQuantity":{"value":1.10}}'),
    ) as FhirResource;
    expect(printJson(servedForm(source, serving))).toContain('1.10');
    expect(source.id).toBe('o');
  });

  it('has an id of its own for what has none', () => {
    const [one, two] = [
      { resourceType: 'Goal', note: 1 },
      { resourceType: 'Goal', note: 2 },
    ].map((each) => servedPlace(each, serving));
    expect(one).not.toBe(two);
    expect(one).toMatch(/^Goal\/[0-9a-f-]{36}$/);
  });
});
