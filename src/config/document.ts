// What does docs/configuration.md say? Every setting with its meaning, made from the schemas so that it cannot lag behind.
import { overrides } from './environment.ts';
import { alternativesOf, type Node, settingsTree } from './schemaTree.ts';

const opening = `# Configuration

<!-- Made by \`sluis config docs\` from the schemas in src/; a test fails when this page is stale. -->

One file, YAML or JSON: \`sluis start --config FILE\`. \`sluis config check FILE\` tells every fault at once, each with its place.
Settings named \`file\`, \`…File\` or \`…Folder(s)\` are paths, taken from the folder of the settings file. Secrets stand in files of their own,
never in the settings. A setting without a default must be given.

## Environment

Each of these wins over the file.

| variable | setting | meaning |
|---|---|---|
`;

/** The whole page. */
export function configurationPage(): string {
  const variables = overrides.map(
    ({ variable, path, description }) => `| \`${variable}\` | \`${path.join('.')}\` | ${description} |`,
  );
  const sections = Object.entries(settingsTree().properties ?? {}).map(([name, node]) => section(name, node));
  return `${opening}${variables.join('\n')}\n\n${sections.join('\n')}`;
}

function section(name: string, node: Node): string {
  const about = node.description === undefined ? '' : `${node.description}\n\n`;
  const rows = rowsOf(node, name, true);
  return `## ${name}\n\n${about}| setting | value | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** One row per value; an object gives the rows of its parts, a choice those of each form. */
function rowsOf(node: Node, path: string, isSection = false): string[] {
  const forms = alternativesOf(node);
  const objects = forms.filter((form) => form.properties !== undefined);
  if (objects.length > 0) return [...rowOf(node, path, isSection), ...formsOf(objects, path)];
  if (node.properties !== undefined) return [...rowOf(node, path, isSection), ...partsOf(node, path)];
  if (node.items?.properties !== undefined) {
    return [...rowOf(node, path, isSection), ...partsOf(node.items, `${path}[]`)];
  }
  return [`| \`${path}\` | ${allowedIn(node)} | ${defaultOf(node)} | ${cell(node.description ?? '')} |`];
}

const rowOf = (node: Node, path: string, isSection: boolean): string[] =>
  isSection || node.description === undefined ? [] : [`| \`${path}\` | | | ${cell(node.description)} |`];

/** What all forms share is told once. */
function formsOf(forms: readonly Node[], path: string): string[] {
  const printed = forms.map((form) => partsOf(form, path, false));
  const shared = (printed[0] ?? []).filter((row) => printed.every((rows) => rows.includes(row)));
  const own = forms.flatMap((form, index) => {
    const rows = partsOf(form, path);
    return rows.filter((_, row) => !shared.includes(printed[index]?.[row] ?? ''));
  });
  return [...own, ...shared];
}

function partsOf(node: Node, path: string, tellForm = true): string[] {
  const form = Object.entries(node.properties ?? {}).find(([, part]) => part.const !== undefined);
  const only = form === undefined || !tellForm ? '' : ` *(${form[0]} \`${String(form[1].const)}\`)*`;
  return Object.entries(node.properties ?? {}).flatMap(([name, part]) => {
    const description = part.description === undefined ? {} : { description: part.description + only };
    const required = node.required?.includes(name) ?? false;
    const known = part.default === undefined && !required ? { default: null } : {};
    return rowsOf({ ...part, ...known, ...description }, `${path}.${name}`);
  });
}

function allowedIn(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((one) => `\`${String(one)}\``).join(', ');
  const forms = alternativesOf(node);
  if (forms.length > 0) return [...new Set(forms.map(allowedIn))].join(' or ');
  if (node.type === 'array') return `list of ${node.items === undefined ? 'values' : allowedIn(node.items)}`;
  return `${nameOfType(node.type)}${rangeOf(node)}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true`, `false`',
};
const nameOfType = (type: string | undefined): string => typeNames[type ?? ''] ?? type ?? 'text';

function rangeOf({ type, minimum, maximum }: Node): string {
  if (type !== 'integer' && type !== 'number') return '';
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum === undefined && high === undefined) return '';
  return high === undefined ? `, ${minimum} or more` : `, ${minimum ?? '…'} to ${high}`;
}

/** `null` stands for "may be left out". */
function defaultOf(node: Node): string {
  if (node.default === null) return 'none';
  return node.default === undefined ? '**required**' : `\`${JSON.stringify(node.default)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
