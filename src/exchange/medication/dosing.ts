// How is a dosing without a text of its own said in plain Dutch? Every part of it, or that it must be read at its source.
// http://hl7.org/fhir/R4/dosage.html, and as STU3 has it
import {
  durationPhrase,
  hasOnly,
  type Phrase,
  prefixed,
  quantityPhrase,
  rangeOf,
  ratioPhrase,
  saying,
  together,
} from './amounts.ts';
import { dosingAtSource } from './block.ts';
import { timingPhrase } from './dosingTimes.ts';
import { conceptText } from './fhirConcepts.ts';
import { type Tree, textOf, tree, trees } from './tree.ts';

const otherNeeds = 'http://nictiz.nl/fhir/StructureDefinition/ext-Dosage-AsNeededFor';

const concepts = (value: unknown): Phrase => together(trees(value).map(conceptText));

function needPhrase({ asNeededBoolean, asNeededCodeableConcept, extension }: Tree): Phrase {
  const others = trees(extension).map(({ url, valueCodeableConcept }) =>
    url === otherNeeds ? conceptText(valueCodeableConcept) : undefined,
  );
  const reasons = together([saying(asNeededCodeableConcept, conceptText), ...others]);
  if (reasons !== '') return prefixed('zo nodig:', reasons);
  return asNeededBoolean === true ? 'zo nodig' : '';
}

const amountParts = new Set(['doseQuantity', 'doseRange', 'dose', 'rateQuantity', 'rateRange', 'rateRatio']);

const quantities = (value: unknown): Phrase => rangeOf(value, quantityPhrase);

const dosePhrase = ({ doseQuantity, dose, doseRange }: Tree): Phrase =>
  together([saying(doseQuantity ?? dose, quantityPhrase), saying(doseRange, quantities)]);

const ratePhrase = ({ rateQuantity, rateRange, rateRatio }: Tree): Phrase =>
  prefixed(
    'snelheid',
    together([
      saying(rateQuantity, quantityPhrase),
      saying(rateRange, quantities),
      saying(rateRatio, ratioPhrase),
    ]),
  );

/** In R4 dose and rate stand together in a list of one, in STU3 in the Dosage itself. */
function amountsPhrase(dosage: Tree): Phrase {
  const [held, ...more] = trees(dosage.doseAndRate);
  if (more.length > 0 || (held && !hasOnly(held, amountParts))) return undefined;
  return together([dosage, held ?? {}].flatMap((one) => [dosePhrase(one), ratePhrase(one)]));
}

const dosageParts = new Set([
  ...amountParts,
  'sequence',
  'timing',
  'doseAndRate',
  'asNeededBoolean',
  'asNeededCodeableConcept',
  'extension',
  'maxDosePerPeriod',
  'maxDosePerAdministration',
  'additionalInstruction',
  'patientInstruction',
  'route',
  'method',
  'site',
]);

/** What one Dosage says beside its route. */
function dosagePhrase(dosage: Tree): Phrase {
  if (dosage.modifierExtension !== undefined) return undefined;
  const own = textOf(dosage.text);
  if (own !== undefined) return own;
  if (!hasOnly(dosage, dosageParts)) return undefined;
  return together([
    saying(dosage.timing, timingPhrase),
    amountsPhrase(dosage),
    needPhrase(dosage),
    prefixed('maximaal', saying(dosage.maxDosePerPeriod, ratioPhrase)),
    prefixed('per keer maximaal', saying(dosage.maxDosePerAdministration, quantityPhrase)),
    saying(dosage.method, conceptText),
    saying(dosage.site, conceptText),
    saying(dosage.additionalInstruction, concepts),
    saying(dosage.patientInstruction, textOf),
  ]);
}

const pauseParts = new Set(['sequence', 'timing']);
const boundsParts = new Set(['boundsDuration']);

/** A step with a length and nothing else: between others, that nothing is taken for so long. */
function isPause(dosage: Tree): boolean {
  const timing = tree(dosage.timing);
  const repeat = tree(timing?.repeat);
  return (
    hasOnly(dosage, pauseParts) &&
    !timing?.code &&
    repeat?.boundsDuration !== undefined &&
    hasOnly(repeat, boundsParts)
  );
}

/** Between two steps: the same number is side by side, another comes after it, without numbers nothing is said. */
function between(before: Tree | undefined, { sequence }: Tree): string {
  if (before === undefined) return '';
  if (sequence === undefined) return '; ';
  return before.sequence === sequence ? '; en ' : '; daarna ';
}

const numberOf = ({ sequence }: Tree): number => Number(sequence ?? 0);

const isOneRoute = (dosages: readonly Tree[]): boolean =>
  new Set(dosages.flatMap(({ route }) => (route === undefined ? [] : [JSON.stringify(route)]))).size < 2;

function stepsPhrase(dosages: readonly Tree[]): Phrase {
  const said = dosages.filter((dosage) => dosagePhrase(dosage) !== '');
  if (!isOneRoute(dosages) && said.some(({ text }) => textOf(text) === undefined)) return undefined;
  const numbered = said.filter(({ sequence }) => sequence !== undefined).length;
  if (numbered > 0 && numbered < said.length) return undefined;
  const steps = [...said].sort((a, b) => numberOf(a) - numberOf(b));
  const pauses = steps.filter(isPause);
  if (pauses.length > 0 && (numbered < 2 || pauses.length === steps.length)) return undefined;
  const phrases = steps.map((step, index) => {
    const phrase = dosagePhrase(step);
    const what = isPause(step) ? phrase && `${phrase} niets` : phrase;
    return what && `${between(steps[index - 1], step)}${what}`;
  });
  return phrases.includes(undefined) ? undefined : phrases.join('');
}

/**
 * The steps of a dosing in their order, with the period after which a cyclic schedule begins anew; undefined where there is
 * nothing to say.
 */
export function dosingText(dosages: readonly Tree[], cycle: Tree | undefined): string | undefined {
  const round = prefixed('cyclus van', cycle ? durationPhrase(cycle.valueDuration) : '');
  const steps = stepsPhrase(dosages);
  if (steps === '' && round === '') return undefined;
  return steps && round !== undefined ? [round, steps].filter(Boolean).join(': ') : dosingAtSource;
}
