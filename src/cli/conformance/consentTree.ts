// Do two XML messages say the same? Line by line: each element, attribute and text by its place, and what differs for a reason.
import type { XmlNode } from '../../outgoing/soapTree.ts';

const xmlId = '{http://www.w3.org/XML/1998/namespace}id';

/** What tells one of several elements of the same name from the others. */
const labelOf = (node: XmlNode): string =>
  node.attributes.get('AttributeId') ?? node.attributes.get(xmlId) ?? node.attributes.get('Name') ?? '';

/** `Envelope/Body/Request/Attributes[subject] = …`: one line per element, attribute and text. */
export function linesOf(node: XmlNode, above = ''): string[] {
  const label = labelOf(node);
  const place = `${above}/${node.name}${label === '' ? '' : `[${label}]`}`;
  return [
    `${place} in ${node.namespace}`,
    ...[...node.attributes].map(([name, value]) => `${place}@${name.replace(/^\{.*\}/, '')} = ${value}`),
    ...(node.children.length === 0 && node.text !== '' ? [`${place} = ${node.text}`] : []),
    ...node.children.flatMap((child) => linesOf(child, place)),
  ];
}

/** A difference that is meant: lines of this form, on either side, and why. */
export type Meant = { form: RegExp; why: string };

export type Comparison = {
  compared: number;
  /** Lines that only one of the two has, and nobody has explained. */
  differing: string[];
  /** Why the explained ones differ, each reason once. */
  meant: string[];
};

export function compareTrees(theirs: XmlNode, ours: XmlNode, meant: readonly Meant[]): Comparison {
  const [a, b] = [linesOf(theirs), linesOf(ours)];
  const only = [
    ...a.filter((line) => !b.includes(line)).map((line) => `only theirs: ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `only ours: ${line}`),
  ];
  const reasonFor = (line: string) => meant.find(({ form }) => form.test(line))?.why;
  return {
    compared: a.filter((line) => b.includes(line)).length,
    differing: only.filter((line) => reasonFor(line) === undefined),
    meant: [...new Set(only.flatMap((line) => reasonFor(line) ?? []))],
  };
}
