// Which resources say that they are of this patient, and name another one beside? Theirs is a gap in the answer, no stray.
import { isResource } from '../../fhir/bundles.ts';
import type { FhirResource } from '../../model.ts';
import { type Answer, readAnswer } from './belonging.ts';

/** A resource without all but whose it is. */
function aboutAlone({ resourceType, patient, subject, contained }: FhirResource): FhirResource {
  const named = {
    ...(patient === undefined ? {} : { patient }),
    ...(subject === undefined ? {} : { subject }),
  };
  const inside = Array.isArray(contained) ? contained.filter((one) => isNamedIn(one, named)) : [];
  return { resourceType, ...named, ...(inside.length === 0 ? {} : { contained: inside }) };
}

function isNamedIn(contained: unknown, named: Readonly<Record<string, unknown>>): boolean {
  if (!isResource(contained)) return false;
  const own = `#${contained.id}`;
  return Object.values(named).some((one) => (one as { reference?: unknown } | null)?.reference === own);
}

/** Of those of somebody else, the ones whose own `patient` or `subject` is not somebody else. */
export function mixedAmong(
  resources: readonly FhirResource[],
  { belongingOf }: Answer,
  bsn: string,
): ReadonlySet<FhirResource> {
  const others = resources.filter((one) => one.resourceType !== 'Patient' && belongingOf(one) === 'other');
  if (others.length === 0) return new Set();
  const people = resources.filter(({ resourceType }) => resourceType === 'Patient');
  const alone = others.map(aboutAlone);
  const read = readAnswer([...people, ...alone], bsn);
  const mayBeOwn = alone.map((one) => ['own', 'unproven'].includes(read.belongingOf(one)));
  return new Set(others.filter((_, index) => mayBeOwn[index]));
}
