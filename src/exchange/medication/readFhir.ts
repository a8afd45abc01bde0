// Which building blocks do R4 resources hold? http://nictiz.nl/fhir/StructureDefinition/mp-MedicationAgreement and its kin
import { entriesOf, type Resolve, resolver } from '../../fhir/bundles.ts';
import { parseDate } from '../../fhir/dates.ts';
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import { nextIn } from '../../fhir/nextPage.ts';
import { outcomeFault } from '../../fhir/outcomeFault.ts';
import type { FhirResource } from '../../model.ts';
import type { Block, BlockKind } from './block.ts';
import {
  authorOf,
  codingsOf,
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
import { noteOf, reasonOf } from './fhirRemarks.ts';
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

/** http://hl7.org/fhir/R4/valueset-medicationrequest-intent.html: all others are orders, some made from another. */
const proposing: ReadonlySet<string> = new Set(['proposal', 'plan', 'option']);

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
  if (nextIn(bundle) !== undefined)
    passOver(around.reading, 'list-incomplete', { place: `${around.at}Bundle.link`, detail: 'next' });
  for (const { resource, path } of entriesOf(bundle)) {
    if (resource.resourceType === 'Bundle') readBundle(resource, { ...around, at: `${around.at}${path}.` });
    else readResource({ resource, path: `${around.at}${path}` }, around.reading, lookup);
  }
}

type Placed = { resource: FhirResource; path: string };

function readResource({ resource, path }: Placed, reading: Reading, lookup: Lookup): void {
  const named = resource.resourceType === 'Patient' ? resource : tree(resource.subject);
  const numbers = identifiersOf(named);
  const own = numbers.filter(({ system }) => system === bsnSystem);
  const known = own.length === 0 && named === resource ? numbers.slice(0, 1) : own;
  for (const { system, value } of known) reading.patients.add(`${system}|${value}`);
  const missing = resource.resourceType === 'OperationOutcome' ? outcomeFault(resource) : undefined;
  if (missing !== undefined) passOver(reading, 'list-incomplete', { place: path, detail: missing });
  if (!medicationTypes.has(resource.resourceType)) return;
  const kind = kindOf(resource);
  if (kind === undefined) {
    passOver(reading, 'unknown-category', { place: path, detail: resource.resourceType });
    return;
  }
  const intent = textOf(resource.intent) ?? '';
  const isOther = resource.resourceType === 'MedicationRequest' && proposing.has(intent);
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
      reason: reasonOf(resource, lookup),
      note: noteOf(resource),
      use: useOf(resource, kind, extensions),
      done: doneOf(resource, kind, unreadable),
      notDone: isUndone(resource, kind) || undefined,
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

/** When it was handed over or given; an infusion lasts. */
function doneOf(resource: FhirResource, kind: BlockKind, unreadable: string[]): Block['done'] {
  const period = kind === 'MTD' ? tree(resource.effectivePeriod) : undefined;
  if (!period) return momentOf(resource.whenHandedOver ?? resource.effectiveDateTime, unreadable);
  const [start, end] = [momentOf(period.start, unreadable), momentOf(period.end, unreadable)];
  return start && { ...start, end: end?.end ?? Infinity };
}

/** `notGiven` and `notDone` are of STU3; R4 has both in the status. */
const isUndone = (resource: FhirResource, kind: BlockKind): boolean =>
  (kind === 'MTD' && (resource.status === 'not-done' || resource.notGiven === true)) ||
  (kind === 'MVE' &&
    (['cancelled', 'declined'].includes(String(resource.status)) || resource.notDone === true));

function actorOf(resource: FhirResource, extensions: Extensions): unknown {
  return (
    resource.requester ??
    extensions['ext-MedicationUse2.Author']?.valueReference ??
    tree(resource.performer)?.actor ??
    resource.informationSource
  );
}

function useOf(resource: FhirResource, kind: BlockKind, extensions: Extensions): Block['use'] {
  if (kind !== 'MGB') return undefined;
  const asAgreed = extensions['ext-AsAgreedIndicator']?.valueBoolean;
  const isStop = extensions['ext-StopType'] !== undefined;
  // `taken` is of STU3; R4 has it in the status
  const isOver = resource.status === 'completed' && tree(resource.effectivePeriod)?.end === undefined;
  const isLeft = isOver || ['not-taken', 'stopped', 'on-hold'].includes(String(resource.status));
  const isTaken = resource.taken !== 'n' && !isLeft;
  return { used: isTaken && !isStop, ...(typeof asAgreed === 'boolean' ? { asAgreed } : {}) };
}
