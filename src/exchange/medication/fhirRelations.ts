// Which other building blocks does an R4 building block name? Logical references by identifier, in elements that differ by kind.
import type { FhirResource } from '../../model.ts';
import type { Block, BlockKind } from './block.ts';
import { extensionsOf, kindOf, type Lookup, relationKey } from './fhirParts.ts';
import { type Tree, trees } from './tree.ts';

export type Extensions = Readonly<Record<string, Tree>>;

const priorElement: Partial<Record<BlockKind, string>> = {
  MA: 'priorPrescription',
  WDS: 'priorPrescription',
};

/** The block of its own kind that a block follows, stops or cancels. */
export function priorOf(
  resource: FhirResource,
  { kind, extensions, lookup }: { kind: BlockKind; extensions: Extensions; lookup: Lookup },
): string | undefined {
  const element = priorElement[kind];
  if (element !== undefined) return relationKey(resource[element], resource, lookup);
  const named = extensions['ext-RelationAdministrationAgreement']?.valueReference;
  return kind === 'TA' ? relationKey(named, resource, lookup) : undefined;
}

const relationExtensions: readonly (readonly [string, BlockKind])[] = [
  ['ext-RelationAdministrationAgreement', 'TA'],
  ['ext-MedicationAgreement.RelationMedicationUse', 'MGB'],
];

/** Relations to blocks of other kinds, by what the element or its extension says they are. */
export function relationsOf(
  resource: FhirResource,
  extensions: Extensions,
  lookup: Lookup,
): Block['relations'] {
  const relations: Partial<Record<BlockKind, string[]>> = {};
  const add = (kind: BlockKind, reference: unknown): void => {
    const key = relationKey(reference, resource, lookup);
    if (key !== undefined) relations[kind] = [...(relations[kind] ?? []), key];
  };
  const isTA = 'authorizingPrescription' in resource && kindOf(resource) === 'TA';
  for (const one of trees(resource.authorizingPrescription)) add(isTA ? 'MA' : 'VV', one);
  for (const one of trees(resource.basedOn)) {
    const nested = extensionsOf(one);
    const named = relationExtensions.filter(([name]) => nested[name] !== undefined);
    for (const [name, kind] of named) add(kind, nested[name]?.valueReference);
    if (named.length === 0) add('MA', one);
  }
  for (const one of trees(resource.derivedFrom)) {
    const category = extensionsOf(one)['ext-ResourceCategory']?.valueCodeableConcept;
    const kind = kindOf({ resourceType: '', category });
    if (kind !== undefined) add(kind, one);
  }
  if (resource.resourceType === 'MedicationAdministration') {
    add('MA', resource.request);
    for (const one of trees(resource.supportingInformation))
      if (one.type === 'MedicationDispense' || one.type === 'MedicationRequest')
        add(one.type === 'MedicationDispense' ? 'TA' : 'WDS', one);
  }
  if (extensions['ext-RelationAdministrationAgreement'] && resource.resourceType === 'MedicationRequest')
    add('TA', extensions['ext-RelationAdministrationAgreement'].valueReference);
  return relations;
}
