// Which building blocks do R4 resources hold? http://nictiz.nl/fhir/StructureDefinition/mp-MedicationAgreement and its kin
import { entriesOf, type Resolve, resolver } from '../../fhir/bundles.ts';
import { parseDate } from '../../fhir/dates.ts';
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import type { FhirResource } from '../../model.ts';
import type { Block, BlockKind } from './block.ts';
import {
  authorOf,
  codingsOf,
  conceptText,
  extensionsOf,
  identifierKey,
  instructionOf,
  kindOf,
  type Lookup,
  medicineOf,
  routeOf,
  strangersIn,
} from './fhirParts.ts';
import { periodFrom, registration } from './fhirPeriod.ts';
import { type Extensions, priorOf, relationsOf } from './fhirRelations.ts';
import {
  type FoundBlock,
  keep,
  momentOf,
  passOver,
  type Reading,
  startReading,
  stopFrom,
} from './reading.ts';
import { present, textOf, tree, trees } from './tree.ts';

/** One file or answer of a holder: a Bundle or a loose resource, and where it came from. */
export type FhirContent = { resource: FhirResource; place?: string };

const medicationTypes: ReadonlySet<string> = new Set([
  'MedicationRequest',
  'MedicationDispense',
  'MedicationStatement',
  'MedicationAdministration',
]);

/**
 * The building blocks that one holder sent, in the order of the content, told apart by category. Logical references stay
 * identifiers; products and persons are found within their Bundle, else in the other contents of this holder.
 */
export function readFhir(contents: readonly FhirContent[], holder: string): Reading {
  const reading = startReading(holder);
  const everywhere = lazyResolver(contents);
  for (const { resource, place } of contents) {
    const at = place === undefined ? '' : `${place}#`;
    if (resource.resourceType === 'Bundle') readBundle(resource, { reading, everywhere, at });
    else readResource({ resource, path: `${at}${resource.resourceType}` }, reading, lookupIn(everywhere));
  }
  return reading;
}

function lazyResolver(contents: readonly FhirContent[]): Resolve {
  let resolve: Resolve | undefined;
  return (reference, from) => {
    resolve ??= resolver({
      resourceType: 'Bundle',
      entry: contents.flatMap(({ resource }) =>
        resource.resourceType === 'Bundle' ? trees(resource.entry) : [{ resource }],
      ),
    });
    return resolve(reference, from);
  };
}

const lookupIn =
  (...resolvers: readonly Resolve[]): Lookup =>
  (reference, from) => {
    const text = textOf(reference);
    if (text === undefined) return undefined;
    for (const resolve of resolvers) {
      const found = resolve(text, from);
      if (found) return found;
    }
    return undefined;
  };

type Surroundings = { reading: Reading; everywhere: Resolve; at: string };

function readBundle(bundle: FhirResource, around: Surroundings): void {
  const lookup = lookupIn(resolver(bundle), around.everywhere);
  for (const { resource, path } of entriesOf(bundle)) {
    if (resource.resourceType === 'Bundle') readBundle(resource, { ...around, at: `${around.at}${path}.` });
    else readResource({ resource, path: `${around.at}${path}` }, around.reading, lookup);
  }
}

type Placed = { resource: FhirResource; path: string };

function readResource({ resource, path }: Placed, reading: Reading, lookup: Lookup): void {
  const named = resource.resourceType === 'Patient' ? resource : tree(resource.subject);
  for (const { system, value } of identifiersOf(named))
    if (system === bsnSystem) reading.patients.add(`${bsnSystem}|${value}`);
  if (!medicationTypes.has(resource.resourceType)) return;
  const kind = kindOf(resource);
  if (kind === undefined) {
    passOver(reading, 'unknown-category', { place: path, detail: resource.resourceType });
    return;
  }
  const intent = textOf(resource.intent);
  const isOther = resource.resourceType === 'MedicationRequest' && intent !== undefined && intent !== 'order';
  if (isOther || resource.doNotPerform === true) {
    passOver(reading, 'not-an-agreement', { place: path, detail: isOther ? intent : 'doNotPerform' });
    return;
  }
  keep(reading, blockFrom({ resource, kind, place: path, lookup }));
}

type Source = { resource: FhirResource; kind: BlockKind; place: string; lookup: Lookup };

function blockFrom({ resource, kind, place, lookup }: Source): FoundBlock {
  const extensions = extensionsOf(resource);
  const unreadable: string[] = [];
  const stopConcept = extensions['ext-StopType']?.valueCodeableConcept;
  const patient = lookup(tree(resource.subject)?.reference, resource);
  const keys = trees(resource.identifier).map(identifierKey);
  const [record, ...aliases] = new Set(keys.filter((key) => key !== undefined));
  return {
    ...present<FoundBlock>({
      kind,
      place,
      record,
      aliases: aliases.length > 0 ? aliases : undefined,
      treatment: identifierKey(extensions['ext-PharmaceuticalTreatment.Identifier']?.valueIdentifier),
      patient: trees(patient?.identifier).map(identifierKey).find(Boolean),
      registered: momentOf(registration(resource, kind, extensions), unreadable),
      period: periodFrom(resource, kind, extensions),
      relations: relationsOf(resource, kind, lookup),
      prior: priorOf(resource, { kind, extensions, lookup }),
      dosage: instructionOf(resource, extensions['ext-RenderedDosageInstruction']?.valueString),
      route: routeOf(resource),
      author: authorOf(actorOf(resource, extensions), resource, lookup),
      reason: reasonOf(resource, extensions),
      note: textOf(tree(resource.note)?.text),
      use: useOf(resource, kind, extensions),
      done: momentOf(resource.whenHandedOver ?? resource.effectiveDateTime, unreadable),
      updated: parseDate(textOf(tree(resource.meta)?.lastUpdated) ?? '')?.start,
      ...medicineOf(resource, lookup),
    } as FoundBlock),
    ...(stopConcept === undefined ? {} : stopFrom(codingsOf(stopConcept))),
    strangers: strangersIn(resource),
    copy: extensions['ext-CopyIndicator']?.valueBoolean === true || resource.reportedBoolean === true,
    enteredInError: resource.status === 'entered-in-error',
    unreadable,
  };
}

function actorOf(resource: FhirResource, extensions: Extensions): unknown {
  return (
    resource.requester ??
    extensions['ext-MedicationUse2.Author']?.valueReference ??
    tree(resource.performer)?.actor ??
    resource.informationSource
  );
}

const reasonOf = (resource: FhirResource, extensions: Extensions): string | undefined =>
  conceptText(trees(resource.reasonCode)[0]) ??
  conceptText(trees(resource.statusReason)[0]) ??
  conceptText(
    extensions['ext-AdministrationAgreement.ReasonModificationOrDiscontinuation']?.valueCodeableConcept,
  ) ??
  conceptText(extensions['ext-MedicationAdministration2.ReasonForDeviation']?.valueCodeableConcept);

function useOf(resource: FhirResource, kind: BlockKind, extensions: Extensions): Block['use'] {
  if (kind !== 'MGB') return undefined;
  const asAgreed = extensions['ext-AsAgreedIndicator']?.valueBoolean;
  const isStop = extensions['ext-StopType'] !== undefined;
  // `taken` is of STU3; R4 has it in the status
  const isTaken =
    resource.taken !== 'n' && !['not-taken', 'stopped', 'on-hold'].includes(String(resource.status));
  return { used: isTaken && !isStop, ...(typeof asAgreed === 'boolean' ? { asAgreed } : {}) };
}
