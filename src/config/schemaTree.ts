// What does a setting mean, what may it be, what is it when left out? Read from the schemas, for documents and messages.
import { z } from 'zod';
import { settingsSchema } from './settings.ts';

/** One JSON Schema node, as far as it is used here. */
export type Node = {
  description?: string;
  type?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
};

/** The settings as a JSON Schema of what an operator writes. */
export function settingsTree(): Node {
  return JSON.parse(JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' })));
}

/** The description of the setting at this path, where there is one. */
export function meaningOf(path: readonly PropertyKey[]): string | undefined {
  let nodes: Node[] = [settingsTree()];
  for (const step of path) {
    nodes = nodes
      .flatMap((node) => [node, ...alternativesOf(node)])
      .flatMap((node) => (typeof step === 'number' ? node.items : node.properties?.[String(step)]) ?? []);
  }
  return nodes.find((node) => node.description !== undefined)?.description;
}

export const alternativesOf = (node: Node): Node[] => [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
