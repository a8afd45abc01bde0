// Are the invariants of an element met? Each is compiled once. http://hl7.org/fhir/R4/conformance-rules.html#constraints
import { membership } from './bindings.ts';
import { containedIn } from './containedIndex.ts';
import { compileExpression, evaluate, type Step, type Surroundings } from './fhirpath/compile.ts';
import { type Item, isTree } from './fhirpath/items.ts';
import { truth } from './fhirpath/operators.ts';
import { humanOf } from './invariantTexts.ts';
import { isNarrative } from './narrative.ts';
import type { Constraint } from './profile.ts';
import { textOf } from './profile.ts';
import { type Check, findingsOf, type Run, report } from './run.ts';
import { texts } from './texts.ts';
import { compareQuantities } from './ucum.ts';

/** A holder of compiled expressions: the same text is compiled once. */
const steps = new Map<string, Step | undefined>();

/** The compiled expression; undefined when it is not FHIRPath. */
export function stepOf(expression: string): Step | undefined {
  if (!steps.has(expression)) {
    let step: Step | undefined;
    try {
      step = compileExpression(expression);
    } catch {
      step = undefined;
    }
    steps.set(expression, step);
  }
  return steps.get(expression);
}

/** The resource that a Reference or a uri leads to, with its type. */
export function resolveItem(run: Run, item: Item): Item | undefined {
  const written = isTree(item.value) ? item.value.reference : item.value;
  const from = run.resource.value;
  if (typeof written !== 'string' || !isTree(from)) return undefined;
  const found = written.startsWith('#')
    ? isTree(run.root.value) && containedIn(run.root.value, written)
    : run.resolve(written, from);
  return !found ? undefined : { value: found, type: textOf(found.resourceType) ?? '' };
}

/** Does the item fit the profile? Undefined when the profile is not known. Asked once for each pair. */
export function conforms(run: Run, item: Item, profile: string): boolean | undefined {
  const compiled = run.compiler.profile(profile);
  if (compiled === undefined || typeof item.value !== 'object' || item.value === null) return undefined;
  run.conforms ??= new Map();
  let answers = run.conforms.get(item.value);
  if (answers === undefined) {
    answers = new Map();
    run.conforms.set(item.value, answers);
  }
  const known = answers.get(profile);
  if (known !== undefined) return known;
  // While it is being decided, a resource that leads back to itself counts as fitting.
  answers.set(profile, true);
  const { resource, root } = run;
  const found = findingsOf(run, () => run.compiler.checkAs(item, compiled, run));
  run.resource = resource;
  run.root = root;
  const fits = !found.some((one) => one.severity === 'error' || one.severity === 'fatal');
  answers.set(profile, fits);
  return fits;
}

/** What expressions may ask; one per run, moved to the current place. */
function surroundingsOf(run: Run, context: Item): Surroundings {
  let { around } = run;
  if (around === undefined) {
    around = {
      model: run.model,
      resource: run.resource,
      rootResource: run.root,
      context,
      resolve: (item) => resolveItem(run, item),
      memberOf: (item, valueSet) => membership(run, item, valueSet),
      conformsTo: (item, profile) => conforms(run, item, profile),
      htmlChecks: isNarrative,
      compareQuantities,
    };
    run.around = around;
  }
  around.resource = run.resource;
  around.rootResource = run.root;
  around.context = context;
  return around;
}

/** Evaluates an expression at the current place. */
export const ask = (run: Run, step: Step, item: Item): readonly Item[] =>
  evaluate(step, item, surroundingsOf(run, item));

/** The check of one invariant. An empty result counts as met; so does an expression that cannot be evaluated, with a warning. */
export function invariantCheck(constraint: Constraint, profile: string): Check {
  const { key, expression } = constraint;
  const human = humanOf(constraint);
  const severity = constraint.bestPractice === true ? 'warning' : constraint.severity;
  let step: Step | undefined;
  let compiled = false;
  return (item, run) => {
    if (!compiled) {
      step = stepOf(expression);
      compiled = true;
    }
    if (step === undefined) {
      report(run, {
        severity: 'information',
        code: 'exception',
        rule: key,
        profile,
        text: texts.invariantFault(key),
      });
      return;
    }
    if (truth(ask(run, step, item)) !== false) return;
    report(run, {
      severity,
      code: 'invariant',
      rule: key,
      profile,
      text: texts.invariant(key, human, expression),
    });
  };
}
