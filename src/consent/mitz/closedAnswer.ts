// What did Mitz decide, category by category, and is it an answer to what was asked? XACML 3.0 core, section 5.47 on;
// guide "Open en gesloten autorisatievraag" 3.8.2, section 3.2.5. Only what is echoed in full counts.
import { hl7Namespace, oids } from '../../outgoing/soapMitz.ts';
import { childrenOf, onlyChild, type XmlNode } from '../../outgoing/soapTree.ts';
import { type Asked, attributeCategories, closedAttributes, xacmlNamespace } from './closedRequest.ts';

export type MitzDecision = 'permit' | 'deny' | 'indeterminate';

export type AnswerFault =
  /** Not a Response with Results of the agreed form. */
  | 'answer-malformed'
  /** A Result does not say which patient, holder and category it is about. */
  | 'echo-missing'
  | 'echo-patient'
  | 'echo-holder'
  | 'category-unasked'
  | 'category-twice'
  | 'category-missing'
  | 'two-decisions'
  /** `NotApplicable`, or a word that XACML does not know. */
  | 'decision-unknown'
  /** A permit or denial that its own status contradicts. */
  | 'status-contradicts'
  /** A permit on conditions that nobody here understands. */
  | 'obligation';

/** Mitz spoke of this question, and gave no plain yes or no: that is no silence. */
export const unplain: ReadonlySet<string> = new Set<AnswerFault>([
  'category-twice',
  'two-decisions',
  'decision-unknown',
  'status-contradicts',
  'obligation',
]);

/** The answer proves nothing; the reason tells which rule it broke. */
export class NoDecision extends Error {
  readonly reason: AnswerFault;

  constructor(reason: AnswerFault) {
    super(`Mitz gave no decision: ${reason}`);
    this.name = 'NoDecision';
    this.reason = reason;
  }
}

const fail = (reason: AnswerFault): never => {
  throw new NoDecision(reason);
};

const decisions: Readonly<Record<string, MitzDecision>> = {
  Permit: 'permit',
  Deny: 'deny',
  Indeterminate: 'indeterminate',
};

const xacml = (node: XmlNode, name: string): XmlNode[] => childrenOf(node, xacmlNamespace, name);

/** The values that a Result echoes of one attribute. */
function echoOf(result: XmlNode, category: string, attributeId: string): XmlNode[] {
  return xacml(result, 'Attributes')
    .filter((block) => block.attributes.get('Category') === category)
    .flatMap((block) => xacml(block, 'Attribute'))
    .filter((attribute) => attribute.attributes.get('AttributeId') === attributeId)
    .flatMap((attribute) => xacml(attribute, 'AttributeValue'));
}

function onlyValue(values: readonly XmlNode[], name: 'InstanceIdentifier' | 'CodedValue'): XmlNode {
  const [value, another] = values;
  const inner = another === undefined ? onlyChild(value, hl7Namespace, name) : undefined;
  return inner && value?.children.length === 1 ? inner : fail('echo-missing');
}

function checkIdentifier(values: readonly XmlNode[], expected: { root: string; extension: string }): boolean {
  const { attributes } = onlyValue(values, 'InstanceIdentifier');
  return attributes.get('root') === expected.root && attributes.get('extension') === expected.extension;
}

function categoryOf(result: XmlNode, asked: Asked): string {
  const { patient, holder, dataCategory } = closedAttributes;
  const { resource, action } = attributeCategories;
  if (!checkIdentifier(echoOf(result, resource, patient), { root: oids.bsn, extension: asked.bsn }))
    fail('echo-patient');
  if (!checkIdentifier(echoOf(result, resource, holder), { root: oids.ura, extension: asked.holderUra }))
    fail('echo-holder');
  const { attributes } = onlyValue(echoOf(result, action, dataCategory), 'CodedValue');
  const code = attributes.get('code') ?? '';
  const known = attributes.get('codeSystem') === oids.dataCategory && asked.categories.includes(code);
  return known ? code : fail('category-unasked');
}

const okStatus = 'urn:oasis:names:tc:xacml:1.0:status:ok';

function checkStatus(result: XmlNode, decision: MitzDecision): void {
  const [status, another] = xacml(result, 'Status');
  if (another) fail('answer-malformed');
  if (status === undefined || decision === 'indeterminate') return;
  const code = onlyChild(status, xacmlNamespace, 'StatusCode') ?? fail('answer-malformed');
  if (code.attributes.get('Value') !== okStatus || isTrouble(code)) fail('status-contradicts');
}

const statusCodes = 'urn:oasis:names:tc:xacml:1.0:status:';

/** A finer code inside may be anybody's; one of XACML's own faults there is no ok. */
const isTrouble = (code: XmlNode): boolean =>
  xacml(code, 'StatusCode').some((finer) => {
    const value = finer.attributes.get('Value') ?? '';
    return (value.startsWith(statusCodes) && value !== okStatus) || isTrouble(finer);
  });

/** XACML 3.0 core, section 5.48: a part of another name may be a condition. */
const partsOfResult: ReadonlySet<string> = new Set([
  'Decision',
  'Status',
  'Obligations',
  'AssociatedAdvice',
  'Attributes',
  'PolicyIdentifierList',
]);
const isPart = ({ name, namespace }: XmlNode): boolean =>
  namespace === xacmlNamespace && partsOfResult.has(name);

function decisionOf(result: XmlNode): MitzDecision {
  if (!result.children.every(isPart)) fail('answer-malformed');
  const [word, another] = xacml(result, 'Decision');
  if (another) fail('two-decisions');
  if (word === undefined || word.children.length > 0) return fail('answer-malformed');
  const decision = Object.hasOwn(decisions, word.text) ? decisions[word.text] : undefined;
  if (decision === undefined) return fail('decision-unknown');
  checkStatus(result, decision);
  if (decision === 'permit' && xacml(result, 'Obligations').length > 0) fail('obligation');
  return decision;
}

/**
 * One decision for each category that was asked, matched by what the Results echo and never by their order. Throws
 * `NoDecision` for the whole answer when one Result cannot be trusted: half an answer is no answer.
 */
export function readClosedAnswer(response: XmlNode, asked: Asked): ReadonlyMap<string, MitzDecision> {
  if (response.name !== 'Response' || response.namespace !== xacmlNamespace) fail('answer-malformed');
  const results = xacml(response, 'Result');
  if (results.length !== response.children.length) fail('answer-malformed');
  const found = new Map<string, MitzDecision>();
  for (const result of results) {
    const decision = decisionOf(result);
    const category = categoryOf(result, asked);
    if (found.has(category)) fail('category-twice');
    found.set(category, decision);
  }
  return found.size === asked.categories.length ? found : fail('category-missing');
}
