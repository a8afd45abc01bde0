// Do code systems, value sets and search parameters keep the rules that their definitions do not state?
import { condense } from './condense.ts';
import { compileExpression } from './fhirpath/compile.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Profile, type Tree, textOf, textsOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { misplaced } from './snapshot.ts';
import { type Text, texts } from './texts.ts';

const say = (en: string, nl: string): Text => texts.said(en, nl);

const countOf = (concepts: readonly Tree[]): number =>
  concepts.reduce((count, one) => count + 1 + countOf(treesOf(one.concept)), 0);

/** http://hl7.org/fhir/R4/codesystem.html */
export function checkCodeSystem(item: Item, run: Run): void {
  if (!isTree(item.value)) return;
  const { count, content } = item.value;
  const found = countOf(treesOf(item.value.concept));
  if (content === 'complete' && typeof count === 'number' && count !== found) {
    const en = `The code system is complete, but it says to have ${count} concepts and has ${found}.`;
    const nl = `Het codestelsel is volledig, maar zegt ${count} begrippen te hebben en heeft er ${found}.`;
    report(run, { code: 'invalid', rule: 'codesystem-count', text: say(en, nl), at: 'count' });
  }
  checkProperties(item.value, run);
}

function checkProperties(system: Tree, run: Run): void {
  const seen = new Set<unknown>();
  treesOf(system.property).forEach((property, i) => {
    for (const name of [property.code, property.uri]) {
      if (name !== undefined && seen.has(name)) {
        const text = say('This property is defined twice.', 'Deze eigenschap is twee keer gedefinieerd.');
        report(run, { code: 'business-rule', rule: 'codesystem-property', text, at: `property[${i}]` });
      }
      seen.add(name);
    }
  });
}

/** http://hl7.org/fhir/R4/valueset.html */
export function checkValueSet(item: Item, run: Run): void {
  if (!isTree(item.value) || !isTree(item.value.compose)) return;
  for (const part of ['include', 'exclude']) {
    treesOf(item.value.compose[part]).forEach((one, i) => {
      checkPart(one, `compose.${part}[${i}]`, run);
    });
  }
}

function checkPart(part: Tree, at: string, run: Run): void {
  const system = textOf(part.system);
  if (system === undefined) return;
  if (!system.includes(':')) {
    const text = say(
      'The system of a value set must be an absolute address.',
      'Het systeem van een waardelijst moet een absoluut adres zijn.',
    );
    report(run, { code: 'invalid', rule: 'valueset-system', text, at });
    return;
  }
  treesOf(part.concept).forEach((concept, i) => {
    const [code] = textsOf(concept.code);
    if (code === undefined || run.terminology.exists(run.version, system, code) !== false) return;
    report(run, {
      code: 'code-invalid',
      rule: 'code-unknown',
      text: texts.unknownCode(code, system),
      at: `${at}.concept[${i}]`,
    });
  });
}

/** http://hl7.org/fhir/R4/searchparameter.html */
export function checkSearchParameter(item: Item, run: Run): void {
  if (!isTree(item.value) || item.value.type !== 'composite') return;
  if (treesOf(item.value.component).length >= 2) return;
  const text = say(
    'A composite search parameter needs at least two components.',
    'Een samengestelde zoekparameter heeft ten minste twee componenten nodig.',
  );
  report(run, { code: 'business-rule', rule: 'searchparameter-composite', text });
}

const canBeRead = (expression: string): boolean => {
  try {
    compileExpression(expression);
    return true;
  } catch {
    return false;
  }
};

/** Where content is checked, an invariant that cannot be read is only information: here its author is told. */
function checkInvariants({ elements }: Profile, run: Run): void {
  for (const { path, constraints = [] } of elements) {
    for (const { key, expression } of constraints) {
      if (canBeRead(expression)) continue;
      const text = say(
        `${path}: the invariant ${key} cannot be read as FHIRPath here, so it is never checked.`,
        `${path}: de invariant ${key} is hier niet als FHIRPath te lezen en wordt dus nooit getoetst.`,
      );
      report(run, {
        severity: 'warning',
        code: 'invalid',
        rule: 'definition-invariant',
        text,
        at: 'differential',
      });
    }
  }
}

/** http://hl7.org/fhir/R4/structuredefinition.html */
export function checkStructureDefinition(item: Item, run: Run): void {
  if (!isTree(item.value)) return;
  const { snapshot: _, ...stated } = item.value;
  const profile = condense(stated, run.version);
  if (profile?.constrains !== true) return;
  checkInvariants(profile, run);
  for (const path of misplaced(profile, run.registry)) {
    const text = say(
      `${path} is not an element of what this profile is built on.`,
      `${path} is geen element van waarop dit profiel is gebouwd.`,
    );
    report(run, { code: 'value', rule: 'definition-path', text, at: 'differential' });
  }
}
