// Do the links inside a narrative lead somewhere? http://hl7.org/fhir/R4/narrative.html#id
import { isTree, type Tree, textOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';

const link = /\shref\s*=\s*["']#([^"']*)["']/g;
const anchor = /\s(?:id|name)\s*=\s*["']([^"']*)["']/g;

function idsIn(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const one of value) idsIn(one, into);
  } else if (isTree(value)) {
    const id = textOf(value.id);
    if (id !== undefined) into.add(id);
    const div = textOf(value.div);
    for (const [, name = ''] of div?.matchAll(anchor) ?? []) into.add(name);
    for (const key of Object.keys(value)) if (typeof value[key] === 'object') idsIn(value[key], into);
  }
}

/** A link to `#x` must have its anchor in the same resource. */
export function checkNarrativeLinks(resource: Tree, run: Run): void {
  const { text } = resource;
  const div = isTree(text) ? textOf(text.div) : undefined;
  if (div === undefined || !div.includes('#')) return;
  const targets = [...div.matchAll(link)].flatMap(([, name]) =>
    name === undefined || name === '' ? [] : [name],
  );
  if (targets.length === 0) return;
  const ids = new Set<string>();
  idsIn(resource, ids);
  if (targets.every((name) => ids.has(name))) return;
  const said = texts.said(
    'A link in this narrative leads nowhere.',
    'Een link in deze tekst leidt nergens heen.',
  );
  report(run, { code: 'invalid', rule: 'narrative-link', text: said, at: 'text.div' });
}
