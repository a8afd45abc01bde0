// When was an R4 building block registered, and from when until when does it hold?
import type { FhirResource } from '../../model.ts';
import type { BlockKind } from './block.ts';
import { extensionsOf } from './fhirParts.ts';
import type { Extensions } from './fhirRelations.ts';
import { durationIn, openPeriod, type Period, periodOf, type WrittenPeriod } from './period.ts';
import { present, textOf, tree } from './tree.ts';

/** When a block was registered, by the element that its kind has for it. */
export function registration(resource: FhirResource, kind: BlockKind, extensions: Extensions): unknown {
  const own: Partial<Record<BlockKind, string>> = {
    VV: 'authoredOn',
    MVE: 'whenHandedOver',
    MGB: 'dateAsserted',
  };
  const element = own[kind];
  if (element !== undefined) return resource[element];
  return (
    extensions['ext-RegistrationDateTime']?.valueDateTime ??
    extensions['ext-AdministrationAgreement.AdministrationAgreementDateTime']?.valueDateTime ??
    extensions['zib-AdministrationAgreement-AuthoredOn']?.valueDateTime ??
    resource.authoredOn
  );
}

/** The period of use of a block, or of supply for a dispense and its request. */
export function periodFrom(resource: FhirResource, kind: BlockKind, extensions: Extensions): Period {
  if (kind === 'MVE') return supplyFrom(resource);
  const period = tree(
    kind === 'MGB'
      ? (resource.effectivePeriod ?? { start: resource.effectiveDateTime })
      : kind === 'VV'
        ? tree(resource.dispenseRequest)?.validityPeriod
        : extensions['ext-TimeInterval.Period']?.valuePeriod,
  );
  if (!period && extensions['ext-TimeInterval.Duration'] === undefined) return openPeriod;
  const nested = extensionsOf(period ?? {});
  const written = nested['ext-TimeInterval.Duration'] ?? extensions['ext-TimeInterval.Duration'];
  const duration = tree(written?.valueDuration);
  return periodOf(
    present<WrittenPeriod>({
      start: textOf(period?.start),
      end: textOf(period?.end),
      ...durationIn(duration?.value, duration?.code, duration?.unit),
      criterion: textOf(nested['ext-PeriodOfUse.Condition']?.valueString),
    }),
  );
}

function supplyFrom({ whenHandedOver, daysSupply }: FhirResource): Period {
  const supply = tree(daysSupply);
  const duration = durationIn(supply?.value, supply?.code, supply?.unit);
  return periodOf(present<WrittenPeriod>({ start: textOf(whenHandedOver), ...duration }));
}
