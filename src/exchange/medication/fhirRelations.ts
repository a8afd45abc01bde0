// Which other building blocks does an R4 building block name? Logical references by identifier, in elements that differ by kind.
import type { FhirResource } from '../../model.ts';
import type { Block, BlockKind } from './block.ts';
import { extensionsOf, kindOf, type Lookup, priorOfStu3, relationKey } from './fhirParts.ts';
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
  if (element !== undefined) {
    const older = extensions[priorOfStu3]?.valueReference;
    return relationKey(resource[element] ?? older, resource, lookup);
  }
  const named = extensions['ext-RelationAdministrationAgreement']?.valueReference;
  return kind === 'TA' ? relationKey(named, resource, lookup) : undefined;
}

const relationExtensions: readonly (readonly [string, BlockKind])[] = [
  ['ext-RelationAdministrationAgreement', 'TA'],
  ['ext-MedicationAgreement.RelationMedicationUse', 'MGB'],
];

type Named = readonly (readonly [kind: BlockKind, reference: unknown])[];

function basedOn(resource: FhirResource): Named {
  return trees(resource.basedOn).flatMap((one): Named => {
    const nested = extensionsOf(one);
    const named = relationExtensions.filter(([name]) => nested[name] !== undefined);
    if (named.length === 0) return [['MA', one]];
    return named.map(([name, kind]) => [kind, nested[name]?.valueReference]);
  });
}

function derivedFrom(resource: FhirResource): Named {
  return trees(resource.derivedFrom).flatMap((one): Named => {
    const category = extensionsOf(one)['ext-ResourceCategory']?.valueCodeableConcept;
    const kind = kindOf({ resourceType: '', category });
    return kind === undefined ? [] : [[kind, one]];
  });
}

const supportingKinds: Readonly<Record<string, BlockKind>> = {
  MedicationDispense: 'TA',
  MedicationRequest: 'WDS',
};

function administered(resource: FhirResource): Named {
  if (resource.resourceType !== 'MedicationAdministration') return [];
  const supporting = trees(resource.supportingInformation).flatMap((one): Named => {
    const kind = supportingKinds[String(one.type)];
    return kind === undefined ? [] : [[kind, one]];
  });
  return [['MA', resource.request], ...supporting];
}

/** Relations to blocks of other kinds, by what the element or its extension says they are. */
export function relationsOf(resource: FhirResource, kind: BlockKind, lookup: Lookup): Block['relations'] {
  const prescriptions: Named = trees(resource.authorizingPrescription).map((one) => [
    kind === 'TA' ? 'MA' : 'VV',
    one,
  ]);
  const relations: Partial<Record<BlockKind, string[]>> = {};
  const all = [...prescriptions, ...basedOn(resource), ...derivedFrom(resource), ...administered(resource)];
  for (const [target, reference] of all) {
    const key = relationKey(reference, resource, lookup);
    if (key !== undefined) relations[target] = [...(relations[target] ?? []), key];
  }
  return relations;
}
