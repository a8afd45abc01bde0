// How did MP9 send an overview before 3.0.0-rc.2? A List with MA, TA and MGB. A regional option, labelled as such.
// http://nictiz.nl/fhir/StructureDefinition/mp-MedicationOverview, as published until January 2026
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource } from '../../model.ts';
import { uuidFor } from '../uuids.ts';
import { emptyReason, overviewCode, patientReference, type Telling } from './asFhir.ts';
import { kindOf } from './fhirParts.ts';
import type { Placed } from './holderReading.ts';
import type { BlockView, Overview } from './overview.ts';
import { textNarrative } from './overviewNarrative.ts';
import { groups, overviewWords } from './overviewWords.ts';
import type { HolderPart } from './placedBlocks.ts';
import { trees } from './tree.ts';

const structure = 'http://nictiz.nl/fhir/StructureDefinition/';
const listed = new Set(['MA', 'TA', 'MGB']);

export const legacyTag = {
  system: ownCanonical('CodeSystem', 'form'),
  code: 'legacy-medication-overview',
  display: 'Regional form: medication overview as a List, no longer in the standard',
};

type Making = { parts: readonly HolderPart[]; telling: Telling };

/** `searchset` for who asks; `asTransaction` makes the push of it. `total` counts MA, TA and MGB alone, as the standard had it. */
export function legacyBundle(overview: Overview, { parts, telling }: Making): FhirResource {
  const all = parts.flatMap(({ resources }) => resources);
  const shown = new Set<string>();
  const left: BlockView[] = [];
  for (const block of groups.flatMap((group) => overview[group].flatMap(({ blocks }) => blocks))) {
    const place = listed.has(block.kind) ? telling.placeOf(block.kind, block.record) : undefined;
    if (place === undefined) left.push(block);
    else shown.add(place);
  }
  const blocks = all.filter(({ fullUrl }) => shown.has(fullUrl)).map(asCopy);
  const others = all.filter(({ resource }) => kindOf(resource) === undefined);
  const id = uuidFor('legacy-list', telling.now.toISOString());
  const list = {
    fullUrl: `urn:uuid:${id}`,
    resource: { ...legacyList(overview, { blocks, left }, telling), id },
  };
  const entry = (mode: string) => (one: Placed) => ({ ...one, search: { mode } });
  return {
    resourceType: 'Bundle',
    meta: { tag: [legacyTag] },
    type: 'searchset',
    total: blocks.length,
    entry: [entry('match')(list), ...blocks.map(entry('match')), ...others.map(entry('include'))],
  };
}

/** The same as it was pushed. */
export function asTransaction(searchset: FhirResource): FhirResource {
  const { total: _, ...rest } = searchset;
  const entry = trees(searchset.entry).map(({ search: __, ...one }) => ({
    ...one,
    request: { method: 'POST', url: String((one.resource as FhirResource).resourceType) },
  }));
  return { ...rest, type: 'transaction', entry };
}

/** Nobody here is the author of these: what is sent on is a copy, also when it was the original. */
function asCopy({ fullUrl, resource }: Placed): Placed {
  if (resource.resourceType === 'MedicationRequest')
    return { fullUrl, resource: { ...resource, reportedBoolean: true } };
  const url = `${structure}ext-CopyIndicator`;
  const others = trees(resource.extension).filter((one) => one.url !== url);
  return { fullUrl, resource: { ...resource, extension: [...others, { url, valueBoolean: true }] } };
}

type Listed = { blocks: readonly Placed[]; left: readonly BlockView[] };

/** Never verified here: who did not answer, and what has no place on it, is in the note. */
function legacyList(overview: Overview, { blocks, left }: Listed, telling: Telling): FhirResource {
  const words = overviewWords[telling.language];
  const gaps = overview.holders.filter(({ outcome }) => outcome !== 'answered');
  const notes = [
    words.legacy,
    ...gaps.map(({ holder, name, outcome }) => `${name ?? holder}: ${words.outcomes[outcome]}`),
    ...left.map(
      ({ kind, medicine, dosage }) =>
        `${words.notListed}: ${[`${kind} ${medicine}`, dosage].filter(Boolean).join(', ')}`,
    ),
  ];
  return {
    resourceType: 'List',
    meta: { profile: [`${structure}mp-MedicationOverview`], tag: [legacyTag] },
    language: telling.language,
    text: textNarrative(`${words.title}: ${overview.at}`, ...notes),
    extension: [
      {
        url: `${structure}ext-MedicationOverview.Verification`,
        extension: [
          { url: 'verificationPatient', valueBoolean: false },
          { url: 'verificationHealthProfessional', valueBoolean: false },
        ],
      },
    ],
    status: 'current',
    mode: 'snapshot',
    code: overviewCode,
    subject: patientReference(telling.patientBsn),
    date: telling.now.toISOString(),
    source: { type: 'Device', display: 'Sluis' },
    note: notes.map((text) => ({ text })),
    ...(blocks.length > 0
      ? { entry: blocks.map(({ fullUrl }) => ({ item: { reference: fullUrl } })) }
      : { emptyReason: emptyReason(overview) }),
  };
}
