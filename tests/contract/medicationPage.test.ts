// Does a professional get the medication overview as a page, by a link that opens once, when it was asked for and only then?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLink } from '../../src/exchange/pages/links.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResource } from '../../src/model.ts';
import { bsn, type MedicationStage, openMedicationStage } from './medicationStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const question = (...more: object[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'patient',
      valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn },
    },
    ...more,
  ],
});
const wanted = { name: 'link', valueBoolean: true };

describe.each(storeKinds)('the page of an overview on %s', (kind) => {
  let stage: MedicationStage;
  beforeEach(async () => {
    stage = await openMedicationStage(kind);
  });
  afterEach(() => stage.end());

  test('lies behind a link in header and Bundle, opens once, and tells who is missing', async () => {
    await stage.choose('hospital', true);
    await stage.choose('gp', false);
    const response = await stage.post('$medication-overview', question(wanted), 'nurses', { language: 'nl' });
    const [, url = ''] =
      /^<(.*)>; rel="alternate"; type="text\/html"$/.exec(response.headers?.Link ?? '') ?? [];
    expect(response.resource?.link).toEqual([{ relation: 'alternate', url }]);
    expect(response.headers?.['Cache-Control']).toBe('no-store');
    expect(
      checkShape(response.resource as FhirResource, 'r4').filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
    expect(url.startsWith(`${stage.deps.baseUrl}/overview/`)).toBe(true);
    const token = url.split('/').at(-1) ?? '';
    const link = { kind: 'overview', token, requestId: 'r-2' } as const;
    const html = await openLink(link, stage.deps);
    expect(html).toContain('Huidige medicatie');
    expect(html).toContain('Huisarts Aan de Kade</bdi> geen toestemming');
    expect(html).toContain(bsn);
    await expect(openLink(link, stage.deps)).rejects.toMatchObject({ kind: 'notFound' });
    const audit = JSON.stringify(await stage.audit());
    for (const event of ['medication.linkMade', 'medication.overviewShown']) expect(audit).toContain(event);
    expect(audit).not.toContain(token);
    expect(audit).not.toContain(bsn);
  });

  test('is not made when nobody asks for it', async () => {
    const response = await stage.post('$medication-overview', question());
    expect(response.headers?.Link).toBeUndefined();
    expect(await stage.deps.store.read.selectFrom('one_time_link').selectAll().execute()).toEqual([]);
  });
});
