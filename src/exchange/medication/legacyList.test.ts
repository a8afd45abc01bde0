// Does the List of before say what the overview says, by the very blocks that count?
import { describe, expect, it } from 'vitest';
import type { DataEndpoint, FhirResource, Participant } from '../../model.ts';
import type { HolderResult } from '../retrieval.ts';
import { compositionOf, type Telling } from './asFhir.ts';
import { consolidate } from './consolidate.ts';
import { at } from './fixtures.ts';
import { readHolders } from './holderReading.ts';
import { legacyBundle } from './legacyList.ts';
import { placeHolders, placesOf } from './placedBlocks.ts';
import { trees } from './tree.ts';

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const now = new Date('2024-01-01T12:00:00Z');

const result = (id: string, more: Partial<HolderResult>): HolderResult => ({
  participant: {
    id,
    name: `Holder ${id}`,
    identifiers: [],
    active: true,
    clients: [],
    endpoints: [],
  } satisfies Participant,
  endpoint: { id: 'e' } as DataEndpoint,
  foundBy: ['list'],
  state: 'answered',
  resources: [],
  documents: [],
  withheld: [],
  ...more,
});

function toldOf(...results: HolderResult[]) {
  const readings = readHolders(results);
  const deps = {
    baseUrl: 'https://gateway.example',
    clock: () => now,
    mapNamed: () => {
      throw new Error('no map is needed');
    },
    noteFault: () => undefined,
  };
  const parts = placeHolders(readings, { deps, requestId: 'r' });
  const overview = consolidate(
    readings.map(({ answer }) => answer),
    { at: at('2024-01-01') },
  );
  const telling: Telling = { language: 'nl', patientBsn: '999900018', now, placeOf: placesOf(parts) };
  const bundle = legacyBundle(overview, { parts, telling });
  const resources = trees(bundle.entry).map(({ resource }) => resource as FhirResource);
  return { overview, telling, resources, list: resources[0] };
}

const reasonIn = (list: FhirResource | undefined): unknown =>
  (list?.emptyReason as { coding: { code: string }[] } | undefined)?.coding[0]?.code;

const older = `<adaxml><data><beschikbaarstellen_medicatiegegevens app="mp-mp907"><patient/>
  <medicamenteuze_behandeling><identificatie root="2.999.77" value="T"/><medicatieafspraak>
    <gebruiksperiode_start value="2023-12-01T00:00:00+01:00"/>
    <identificatie root="2.999.78" value="older"/><afspraakdatum value="2023-12-01T12:00:00+01:00"/>
    <afgesproken_geneesmiddel><product><product_code code="3956" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Enalapril"/></product></afgesproken_geneesmiddel>
    <gebruiksinstructie><omschrijving value="1 x per dag 1 tablet"/></gebruiksinstructie>
  </medicatieafspraak></medicamenteuze_behandeling></beschikbaarstellen_medicatiegegevens></data></adaxml>`;

const agreement = (dosage: string, more: object = {}): FhirResource => ({
  resourceType: 'MedicationRequest',
  id: 'ma',
  identifier: [{ system: 'urn:oid:2.999.1', value: 'MA' }],
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
  extension: [
    { url: `${base}ext-RegistrationDateTime`, valueDateTime: '2023-12-01T10:00:00+01:00' },
    { url: `${base}ext-RenderedDosageInstruction`, valueString: dosage },
    { url: `${base}ext-TimeInterval.Period`, valuePeriod: { start: '2023-12-01' } },
  ],
  medicationCodeableConcept: { text: 'Pil' },
  ...more,
});

describe('the List of before', () => {
  it('names what is shown and has no resource, and never says that nothing is known', () => {
    const { overview, list } = toldOf(result('a', { documents: [older] }));
    expect(overview.current).toHaveLength(1);
    expect(reasonIn(list)).toBe('unavailable');
    const said = 'Staat niet op deze List, wel in het overzicht: MA Enalapril, 1 x per dag 1 tablet';
    expect(list?.note).toContainEqual({ text: said });
    expect(JSON.stringify(list?.text)).toContain(said);
  });

  it('says that nothing is known when all answered and gave nothing, and only then', () => {
    expect(reasonIn(toldOf(result('a', {})).list)).toBe('nilknown');
    expect(reasonIn(toldOf(result('a', { state: 'failed' })).list)).toBe('unavailable');
    expect(reasonIn(toldOf().list)).toBe('unavailable');
    const strange = agreement('1x', { category: [] });
    expect(reasonIn(toldOf(result('a', { resources: [strange] })).list)).toBe('unavailable');
  });

  it('gives the original, not the copy that another holder has of it', () => {
    const copy = result('a', { resources: [agreement('2x per dag', { reportedBoolean: true })] });
    const original = result('b', { resources: [agreement('1x per dag')] });
    const { overview, telling, resources } = toldOf(copy, original);
    expect(overview.current).toMatchObject([{ dosage: '1x per dag' }]);
    const listed = resources.filter(({ resourceType }) => resourceType === 'MedicationRequest');
    expect(JSON.stringify(listed)).toContain('1x per dag');
    expect(JSON.stringify(listed)).not.toContain('2x per dag');
    expect(JSON.stringify(compositionOf(overview, telling))).toContain(
      'https://gateway.example/r4/holder/b/MedicationRequest/ma',
    );
  });
});
