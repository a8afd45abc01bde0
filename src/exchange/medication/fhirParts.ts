// What do parts of an R4 building block say? Extensions, products, persons, dosages.
import type { FhirResource } from '../../model.ts';
import { ratioPhrase } from './amounts.ts';
import {
  type Author,
  type BlockKind,
  type Code,
  kindOfCategory,
  type Medicine,
  recordKey,
  snomed,
} from './block.ts';
import { dosingText } from './dosing.ts';
import { codingsOf, conceptText } from './fhirConcepts.ts';
import { present, type Tree, textOf, tree, trees } from './tree.ts';

export { codingsOf, conceptText } from './fhirConcepts.ts';

/** Finds the resource that a reference means. */
export type Lookup = (reference: unknown, from: FhirResource) => FhirResource | undefined;

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
/** STU3 has one relation of an agreement for whatever it follows; on an agreement it means its own kind, as in ADA 9.0.7. */
export const priorOfStu3 = 'BasedOnAgreementOrUse';
const cyclic = 'ext-InstructionsForUse.RepeatPeriodCyclicalSchedule';

/** Names of the STU3 profiles (zib2017, 9.0.7): a stop in an older spelling still stops. */
const olderNames: Readonly<Record<string, string>> = {
  'zib-Medication-StopType': 'ext-StopType',
  'zib-Medication-PeriodOfUse': 'ext-TimeInterval.Period',
  'zib-MedicationUse-Duration': 'ext-TimeInterval.Duration',
  'zib-Medication-MedicationTreatment': 'ext-PharmaceuticalTreatment.Identifier',
  'zib-Medication-CopyIndicator': 'ext-CopyIndicator',
  'zib-MedicationAgreement-BasedOnAgreementOrUse': priorOfStu3,
  'zib-MedicationUse-AsAgreedIndicator': 'ext-AsAgreedIndicator',
  'zib-Medication-RepeatPeriodCyclicalSchedule': cyclic,
  'zib-Medication-AdditionalInformation': 'ext-MedicationAgreement.MedicationAgreementAdditionalInformation',
};

const shortName = (extension: Tree): string | undefined => {
  const url = textOf(extension.url);
  if (!url?.startsWith(base)) return undefined;
  const name = url.slice(base.length);
  return olderNames[name] ?? name;
};

const understood = new Set(['ext-StopType', cyclic]);

/** Modifiers of a resource that are not known here: they may change its meaning. http://hl7.org/fhir/R4/extensibility.html#modifierExtension */
export const strangersIn = (resource: FhirResource): string[] =>
  trees(resource.modifierExtension)
    .filter((one) => !understood.has(shortName(one) ?? ''))
    .map((one) => textOf(one.url) ?? '?');

/** Extensions and modifier extensions of Nictiz by their short name; the first of each. */
export function extensionsOf(element: Tree): Record<string, Tree> {
  const found: Record<string, Tree> = {};
  for (const one of [...trees(element.extension), ...trees(element.modifierExtension)]) {
    const name = shortName(one);
    if (name !== undefined) found[name] ??= one;
  }
  return found;
}

/** All extensions of an element that have one of these names. */
export const extensionsNamed = (element: Tree, names: ReadonlySet<string>): Tree[] =>
  trees(element.extension).filter((one) => names.has(shortName(one) ?? ''));

const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

/** Of 9.0: use has a code of its own there. */
const olderCategories = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3';

/** The kind of building block that a category tells; undefined for other content. */
export function kindOf(resource: FhirResource): BlockKind | undefined {
  for (const concept of trees(resource.category))
    for (const { system, code } of codingsOf(concept)) {
      if (system === olderCategories && code === '6') return 'MGB';
      const kind = kindOfCategory[code];
      if (kind !== undefined && (system === snomed || system === '')) return kind;
    }
  return undefined;
}

/** `system|value` of an Identifier; undefined without a value. */
export function identifierKey(identifier: unknown): string | undefined {
  const found = tree(identifier);
  const value = textOf(found?.value);
  return found && value !== undefined ? recordKey(textOf(found.system) ?? '', value) : undefined;
}

/** What a relation names: by identifier, or by the identifier of the resource that is referred to. */
export function relationKey(reference: unknown, from: FhirResource, lookup: Lookup): string | undefined {
  const found = tree(reference);
  if (!found) return undefined;
  const named = identifierKey(found.identifier);
  if (named !== undefined) return named;
  const target = lookup(found.reference, from);
  return trees(target?.identifier).map(identifierKey).find(Boolean) ?? textOf(found.reference);
}

function medicineFrom(concept: unknown, display: string | undefined): Medicine {
  const coded = trees(tree(concept)?.coding);
  const chosen = coded.find((one) => one.userSelected === true);
  const codes = codingsOf(concept).filter(({ system }) => system !== nullFlavor);
  const text = textOf(chosen?.display) ?? textOf(tree(concept)?.text) ?? codes[0]?.display ?? display;
  return { text: text ?? '', codes };
}

/** `Ureum 10 gram per 100 gram`. */
function ingredientText({ itemCodeableConcept, itemReference, strength, amount }: Tree): string | undefined {
  const name = conceptText(itemCodeableConcept) ?? textOf(tree(itemReference)?.display);
  return name && [name, ratioPhrase(strength ?? amount)].filter(Boolean).join(' ');
}

/** A compound without a name: as it is described, else by what is in it. */
function describedBy(product: FhirResource): string | undefined {
  const description = extensionsOf(product)['ext-PharmaceuticalProduct.Description'];
  const ingredients = trees(product.ingredient).map(ingredientText);
  const named = ingredients.some(Boolean) ? ingredients.map((one) => one ?? '?').join(' + ') : undefined;
  return textOf(description?.valueString) ?? named;
}

/** The product of a block: contained, referred to, or coded in place; by its display when it cannot be found. */
export function medicineOf(resource: FhirResource, lookup: Lookup): { medicine: Medicine; product?: string } {
  const reference = tree(resource.medicationReference);
  if (!reference) return { medicine: medicineFrom(resource.medicationCodeableConcept, undefined) };
  const product = lookup(reference.reference, resource);
  const named = textOf(reference.reference) ?? textOf(reference.display);
  const medicine = medicineFrom(
    product?.code,
    textOf(reference.display) ?? (product && describedBy(product)),
  );
  return named === undefined ? { medicine } : { medicine, product: named };
}

const plainName = (display: string | undefined): string | undefined =>
  display?.replace(/^Healthcare (?:professional|provider) \([a-z]+\), /, '');

/** Who an actor is: practitioner and organisation, from what the Bundle holds, else as displayed. */
export function authorOf(reference: unknown, from: FhirResource, lookup: Lookup): Author | undefined {
  const found = tree(reference);
  if (!found) return undefined;
  const actor = lookup(found.reference, from);
  const display = plainName(textOf(found.display));
  if (actor?.resourceType === 'Organization')
    return present<Author>({ organisation: textOf(actor.name) ?? display });
  if (actor?.resourceType === 'PractitionerRole') {
    const person = tree(actor.practitioner);
    const organisation = tree(actor.organization);
    const named = lookup(organisation?.reference, actor);
    return present<Author>({
      name: plainName(textOf(person?.display)) ?? nameOf(lookup(person?.reference, actor)),
      organisation: textOf(named?.name) ?? plainName(textOf(organisation?.display)),
    });
  }
  if (found.type === 'Organization') return present<Author>({ organisation: display });
  return present<Author>({ name: nameOf(actor) ?? display });
}

function nameOf(person: FhirResource | undefined): string | undefined {
  const [name] = trees(person?.name);
  return textOf(name?.text) ?? textOf(name?.family);
}

/** The instruction to show: the rendered text, else all of the structured dosages. */
export function instructionOf(resource: FhirResource, rendered: unknown): string | undefined {
  const text = textOf(rendered);
  if (text !== undefined) return text;
  return dosingText(
    [...trees(resource.dosageInstruction), ...trees(resource.dosage)],
    extensionsOf(resource)[cyclic],
  );
}

/** Every route of the dosages, also one in words alone: an infusion beside tablets is not told by the first. */
export function routeOf(resource: FhirResource): Code | undefined {
  const dosages = [...trees(resource.dosageInstruction), ...trees(resource.dosage)];
  const routes = dosages.flatMap(({ route }): Code[] => {
    const [coded] = codingsOf(route).filter(({ system }) => system !== nullFlavor);
    const text = textOf(tree(route)?.text);
    if (coded) return [coded.display === undefined && text ? { ...coded, display: text } : coded];
    return text === undefined ? [] : [{ system: '', code: text, display: text }];
  });
  const [first, ...others] = [...new Map(routes.map((one) => [`${one.system}|${one.code}`, one])).values()];
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  return {
    system: '',
    code: all.map(({ code }) => code).join(),
    display: all.map(({ display, code }) => display ?? code).join(', '),
  };
}
