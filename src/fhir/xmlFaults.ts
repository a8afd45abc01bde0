// How is a fault in XML told? With line, column and the place in the resource; never with the content itself.
import { GatewayError } from '../errors.ts';
import type { Issue } from '../model.ts';

const texts = {
  syntax: ['De XML is niet welgevormd', 'The XML is not well-formed'],
  doctype: ['Een documenttype (DOCTYPE) is niet toegestaan', 'A document type (DOCTYPE) is not allowed'],
  instruction: ['Een verwerkingsinstructie is niet toegestaan', 'A processing instruction is not allowed'],
  declaration: ['Alleen XML 1.0 in UTF-8 wordt gelezen', 'Only XML 1.0 in UTF-8 is read'],
  utf8: ['De tekst is geen geldige UTF-8', 'The text is not valid UTF-8'],
  depth: ['De XML is te diep genest', 'The XML is nested too deeply'],
  'resource-type': ['Dit soort resource is onbekend', 'This resource type is unknown'],
  namespace: ['Het element staat niet in de FHIR-namespace', 'The element is not in the FHIR namespace'],
  narrative: ['De tekst is geen XHTML in een div', 'The text is not XHTML in a div'],
  'unknown-element': ['Dit element bestaat hier niet', 'There is no such element here'],
  attribute: ['Dit attribuut mag hier niet', 'This attribute is not allowed here'],
  text: [
    'Tekst buiten een attribuut is hier niet toegestaan',
    'Text outside an attribute is not allowed here',
  ],
  maximum: ['Dit element komt te vaak voor', 'This element occurs too often'],
  'json-type': [
    'De waarde heeft niet de vorm van dit type',
    'The value does not have the format of this type',
  ],
  empty: ['Dit element is leeg', 'This element is empty'],
} as const satisfies Record<string, readonly [string, string]>;

/** Where in the text: a parser knows, too. */
export type TextPlace = { line: number; column: number };

export type XmlRule = keyof typeof texts;

/** One finding with line and column, and the FHIRPath of the element where there is one. */
export function xmlIssue(rule: XmlRule, at: TextPlace | undefined, place = ''): Issue {
  const [nl, en] = texts[rule];
  const nlPlace = at ? `: regel ${at.line}, kolom ${at.column}` : '';
  const enPlace = at ? `: line ${at.line}, column ${at.column}` : '';
  return {
    severity: rule === 'syntax' ? 'fatal' : 'error',
    code: rule === 'json-type' ? 'value' : 'structure',
    text: { nl: nl + nlPlace, en: en + enPlace },
    rule: `xml-${rule}`,
    ...(place === '' ? {} : { expression: [place] }),
  };
}

/** Stops at once: what is not XML as the gateway reads it, status 400. */
export function refuseXml(rule: XmlRule, at?: TextPlace, place?: string): never {
  const issue = xmlIssue(rule, at, place);
  throw new GatewayError('invalid', issue.text.en, { issues: [issue] });
}
