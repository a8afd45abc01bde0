// Can the patient decide? What a Patient says of it, which has no date there and can be stale, and Observations.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { capacityExtension, capacityObservation } from './codes.ts';
import { contactsOnPatient } from './contacts.ts';
import type { HolderView } from './holderView.ts';
import { modifierUnknown, strangersIn } from './modifiers.ts';
import { type Capacity, type Found, nothing } from './records.ts';
import { codingsOf, extensionsOf, textOf, textsAt, treesAt, valueIn } from './tree.ts';

const capacitiesOf = (patient: FhirResource, holder: string): Capacity[] =>
  treesAt(patient, 'extension')
    .filter((one) => capacityExtension.test(String(one.url)))
    .flatMap((one) => {
      const [capable] = extensionsOf(one, 'legallyCapable').map(valueIn);
      const [comment] = extensionsOf(one, 'legallyCapableComment').map((each) => textOf(valueIn(each)));
      return typeof capable === 'boolean' ? [{ capable, comment, date: undefined, holder }] : [];
    });

/** The contacts and the capacity on a Patient; not the latter where something unknown may change its meaning. */
export function readPatient(patient: FhirResource, view: HolderView, at: Date): Found {
  const contacts = contactsOnPatient(patient, view, at);
  const capacities = capacitiesOf(patient, view.name);
  const isStrange = contacts.length + capacities.length > 0 && strangersIn(patient).length > 0;
  if (!isStrange) return { ...nothing(), contacts, capacities };
  return { ...nothing(), contacts, findings: [modifierUnknown(patient, view)] };
}

/** An Observation of legal capacity, as some R4 systems record it, with its date. */
export function readObservation(observation: FhirResource, view: HolderView, at: Date): Found {
  const codes = codingsOf(observation.code).map(({ code }) => code);
  const counts = ['final', 'amended', 'corrected'].includes(String(observation.status));
  const capable = observation.valueBoolean;
  if (!counts || !codes.includes(capacityObservation) || typeof capable !== 'boolean') return nothing();
  const date = readDate(observation.effectiveDateTime);
  if (date !== undefined && date.when.start > at.getTime()) return nothing();
  if (strangersIn(observation).length > 0)
    return { ...nothing(), findings: [modifierUnknown(observation, view)] };
  const [comment] = [...textsAt(observation, 'note', 'text'), ...textsAt(observation, 'comment')];
  return { ...nothing(), capacities: [{ capable, comment, date, holder: view.name }] };
}
