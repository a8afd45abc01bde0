// Do the resources inside Parameters refer to each other rightly? http://hl7.org/fhir/R4/parameters.html
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';

const local = /^[A-Z]\w+\/[^/]+$/;

function checkResource(
  resource: Tree,
  at: string,
  held: { known: Set<string>; types: Set<string>; run: Run },
): void {
  const { known, types, run } = held;
  for (const [key, value] of Object.entries(resource)) {
    const reference = isTree(value) ? textOf(value.reference) : undefined;
    if (reference === undefined || !local.test(reference) || known.has(reference)) continue;
    if (!types.has(reference.split('/')[0] ?? '')) continue;
    const severity = run.policy.danglingReferences;
    const text = texts.dangling(reference);
    report(run, { severity, code: 'not-found', rule: 'reference-dangling', text, at: `${at}.${key}` });
  }
}

/** A reference to a type that the Parameters hold must be to one of those that they hold. */
export function checkHeld(parameters: Tree, run: Run): void {
  const held = treesOf(parameters.parameter).map((one) => (isTree(one.resource) ? one.resource : undefined));
  const known = new Set(held.map((one) => `${textOf(one?.resourceType)}/${textOf(one?.id)}`));
  const types = new Set(held.map((one) => textOf(one?.resourceType) ?? ''));
  held.forEach((resource, i) => {
    if (resource !== undefined) checkResource(resource, `parameter[${i}].resource`, { known, types, run });
  });
}
