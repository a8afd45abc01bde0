// How does a professional get the overview on a screen? As a page behind a link that opens once.
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import type { Language } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { pageLink } from '../pages/pageLink.ts';
import type { Asking, Retrieved } from '../retrieval.ts';
import type { ToldOverview } from './asFhir.ts';
import { type OverviewPatient, printOverviewPage } from './page.ts';
import { textOf, tree } from './tree.ts';

/** How the first holder who says it calls the patient; by number alone when nobody does. */
export function patientOf({ results }: Pick<Retrieved, 'results'>, bsn: string): OverviewPatient {
  const found = results
    .flatMap(({ resources }) => resources)
    .filter(({ resourceType }) => resourceType === 'Patient')
    .find((one) => identifiersOf(one).some(({ system, value }) => system === bsnSystem && value === bsn));
  const name = tree(found?.name);
  const given: readonly unknown[] = Array.isArray(name?.given) ? name.given : [];
  const parts = [...given, name?.family].map(textOf).filter((part) => part !== undefined);
  return {
    name: textOf(name?.text) ?? (parts.length > 0 ? parts.join(' ') : null),
    birthDate: textOf(found?.birthDate) ?? null,
    bsn,
  };
}

type Shown = { overview: ToldOverview; retrieved: Retrieved };

/** The absolute address of the page. */
export function overviewLink(
  { overview, retrieved }: Shown,
  { asking, language }: { asking: Asking; language: Language },
  deps: ExchangeDeps,
): Promise<string> {
  const patient = patientOf(retrieved, asking.patientBsn);
  const html = printOverviewPage(overview, language, patient);
  return pageLink({ kind: 'overview', html }, asking, deps);
}
