// Which rules does the specification state outside its definitions? By resource type and by data type.
import { referenceParts } from '../fhir/references.ts';
import { checkBundle } from './bundleRules.ts';
import {
  checkCodeSystem,
  checkSearchParameter,
  checkStructureDefinition,
  checkValueSet,
} from './canonicalRules.ts';
import { checkCoding, checkIdentifier, checkQuantity } from './codedRules.ts';
import { checkContained, checkLocalReference } from './containedRules.ts';
import { type Item, isTree as isItemTree, numberOf } from './fhirpath/items.ts';
import { checkNarrativeLinks } from './narrativeLinks.ts';
import { checkOwnRules } from './ownRules.ts';
import { checkHeld } from './parametersRules.ts';
import { isTree, type Tree, textOf } from './profile.ts';
import { checkConditions } from './questionnaire.ts';
import { checkResponse } from './questionnaireResponse.ts';
import { type Check, type Run, report } from './run.ts';
import { texts } from './texts.ts';

const byResource: Readonly<Record<string, Check>> = {
  Bundle: checkBundle,
  CodeSystem: checkCodeSystem,
  ValueSet: checkValueSet,
  SearchParameter: checkSearchParameter,
  StructureDefinition: checkStructureDefinition,
  QuestionnaireResponse: checkResponse,
  Parameters: checkParameters,
  Questionnaire: checkForm,
};

/** Checks what no StructureDefinition says of a resource. */
export function checkSpecial(item: Item, run: Run, contained: boolean): void {
  byResource[item.type]?.(item, run);
  checkOwnRules(item, run);
  if (!isTree(item.value)) return;
  if (!contained) checkNarrativeLinks(item.value, run);
  checkContained(item.value, run);
  checkIds(item.value, run);
}

function checkForm(item: Item, run: Run): void {
  if (isTree(item.value)) checkConditions(item.value, run);
}

function checkParameters(item: Item, run: Run): void {
  if (isTree(item.value)) checkHeld(item.value, run);
}

function collectIds(value: unknown, into: string[]): void {
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') collectIds(one, into);
    return;
  }
  if (!isTree(value) || value.resourceType !== undefined) return;
  if (typeof value.id === 'string') into.push(value.id);
  collectBelow(value, into);
}

function collectBelow(tree: Tree, into: string[]): void {
  for (const key in tree) {
    const value = tree[key];
    if (typeof value === 'object') collectIds(value, into);
  }
}

/** Ids of elements are unique within a resource. */
function checkIds(resource: Tree, run: Run): void {
  // A definition's snapshot repeats the ids of its differential.
  if (run.resource.type === 'StructureDefinition') return;
  const ids: string[] = [];
  collectBelow(resource, ids);
  if (ids.length < 2 || new Set(ids).size === ids.length) return;
  const text = texts.said(
    'Two elements of this resource have the same id.',
    'Twee elementen van deze resource hebben hetzelfde id.',
  );
  report(run, { code: 'business-rule', rule: 'id-duplicate', text });
}

function checkAttachment(item: Item, run: Run): void {
  if (!isItemTree(item.value)) return;
  const data = textOf(item.value.data);
  const size = numberOf(item.value.size);
  if (data === undefined || size === undefined) return;
  const found = Buffer.byteLength(data.replace(/\s+/g, ''), 'base64');
  if (found === size) return;
  const en = `The attachment says it has ${size} bytes, but it has ${found}.`;
  const nl = `De bijlage zegt ${size} bytes te hebben, maar heeft er ${found}.`;
  report(run, { rule: 'attachment-size', text: texts.said(en, nl) });
}

const embedded =
  /<(?:\/?(?:script|iframe|object|embed|img|svg|a|div|style|form|input|link|meta|body|html)\b[^>]*)>/i;

function checkString(item: Item, run: Run): void {
  if (typeof item.value !== 'string' || !item.value.includes('<') || !embedded.test(item.value)) return;
  const text = texts.said(
    'This text holds what looks like an HTML tag.',
    'Deze tekst bevat iets dat op een HTML-tag lijkt.',
  );
  report(run, { code: 'invalid', rule: 'text-html', text });
}

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[#|?].*)?$/;
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+(?:[#|?].*)?$/;

function checkUri(item: Item, run: Run): void {
  if (typeof item.value !== 'string' || !item.value.startsWith('urn:')) return;
  const wrong =
    (item.value.startsWith('urn:uuid:') && !uuid.test(item.value)) ||
    (item.value.startsWith('urn:oid:') && !oid.test(item.value));
  if (!wrong) return;
  const text = texts.said(
    'A urn:uuid or urn:oid must be complete and in lower case.',
    'Een urn:uuid of urn:oid moet volledig zijn en in kleine letters.',
  );
  report(run, { code: 'invalid', rule: 'urn-form', text });
}

/** Inside a Bundle a urn can only mean one of its entries. http://hl7.org/fhir/R4/bundle.html#references */
function checkUrn(reference: string, run: Run): void {
  const from = run.resource.value;
  if (run.bundleType === undefined || !reference.startsWith('urn:') || !isTree(from)) return;
  if (run.resolve(reference, from) !== undefined) return;
  const severity = run.bundleType === 'transaction' ? 'error' : 'warning';
  report(run, { severity, code: 'not-found', rule: 'bundle-reference', text: texts.dangling(reference) });
}

/** A reference that says its type says it rightly. */
function checkReference(item: Item, run: Run): void {
  if (!isItemTree(item.value)) return;
  const stated = textOf(item.value.type);
  const written = textOf(item.value.reference) ?? '';
  checkLocalReference(written, run);
  checkUrn(written, run);
  if (stated === undefined || stated.includes('/')) return;
  const type = referenceParts(written)?.type;
  if (type === undefined || stated === type) return;
  const text = texts.said(
    `The reference says to be of type ${stated}, but leads to ${type}.`,
    `De verwijzing zegt van type ${stated} te zijn, maar leidt naar ${type}.`,
  );
  report(run, { rule: 'reference-type', text });
}

/** What is checked of a data type wherever it stands. */
export const byDataType: Readonly<Record<string, Check>> = {
  Age: checkQuantity,
  Attachment: checkAttachment,
  Coding: checkCoding,
  Count: checkQuantity,
  Distance: checkQuantity,
  Duration: checkQuantity,
  Identifier: checkIdentifier,
  Quantity: checkQuantity,
  Reference: checkReference,
  string: checkString,
  uri: checkUri,
};
