// Is an extension known, in its place, and filled as its definition says? http://hl7.org/fhir/R4/extensibility.html
import type { Compiled } from './compiler.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Profile } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';

const specialised = /^http:\/\/hl7\.org\/fhir\/(?:\d\.\d\/)?StructureDefinition\//;
const everywhere = new Set(['Element']);

/** `Patient.contact.name` also answers to `Patient.contact`'s own kinds of names: path, type, ancestors. */
function stands(run: Run, context: string): boolean {
  const cut = context.indexOf(':');
  const kind = context.slice(0, cut);
  const expression = context.slice(cut + 1);
  if (kind !== 'element' || expression.includes('#') || everywhere.has(expression)) return true;
  if (expression === 'CanonicalResource' || expression === 'MetadataResource') return true;
  // Published for the code of a type, but written on the type itself everywhere.
  if (expression === `${run.holder}.code`) return true;
  if (expression === run.holder || expression.replace(/\[x\]/g, '') === run.holder.replace(/\[x\]/g, ''))
    return true;
  return run.model.isA(run.holderType, expression) || expression === '*';
}

function checkPlace(run: Run, definition: Profile): void {
  const contexts = definition.contexts;
  if (contexts === undefined || contexts.length === 0 || run.holder === '') return;
  if (contexts.some((context) => stands(run, context))) return;
  const allowed = contexts.map((context) => context.replace(/^element:/, ''));
  report(run, {
    rule: 'extension-place',
    profile: definition.url,
    text: texts.extensionPlace(definition.url, run.holder, allowed),
  });
}

function reportUnknown(run: Run, url: string, modifier: boolean): void {
  if (modifier) {
    report(run, { rule: 'modifier-unknown', code: 'extension', text: texts.unknownModifier(url) });
    return;
  }
  const { unknownExtensions } = run.policy;
  if (unknownExtensions === 'ignore') return;
  const severity = specialised.test(url) ? 'information' : unknownExtensions;
  report(run, { severity, rule: 'extension-unknown', code: 'extension', text: texts.unknownExtension(url) });
}

function checkForm(run: Run, url: unknown): url is string {
  if (typeof url !== 'string' || url === '') return false;
  if (url.includes('|')) {
    const en = 'The address of an extension must not carry a version.';
    const nl = 'Het adres van een extensie mag geen versie bevatten.';
    report(run, { rule: 'extension-version', code: 'invalid', text: texts.said(en, nl) });
  }
  return true;
}

/** `nested`: the extension stands inside another one, whose definition speaks for its relative address. */
export function checkExtension(item: Item, run: Run, as: { modifier: boolean; nested: boolean }): void {
  if (!isTree(item.value)) return;
  const { url } = item.value;
  if (!checkForm(run, url)) return;
  if (!url.includes(':')) {
    if (!as.nested) {
      const en = 'The address of an extension must be absolute.';
      const nl = 'Het adres van een extensie moet absoluut zijn.';
      report(run, { rule: 'extension-address', code: 'invalid', text: texts.said(en, nl) });
    }
    run.compiler.type('Extension').check(item, run);
    return;
  }
  const compiled = run.compiler.profile(url.split('|')[0] ?? url);
  if (compiled === undefined) {
    reportUnknown(run, url, as.modifier);
    run.compiler.type('Extension').check(item, run);
    return;
  }
  checkPlace(run, compiled.profile);
  checkModifier(run, compiled, as.modifier);
  compiled.check(item, run);
}

/** What changes the meaning stands in `modifierExtension`, and nothing else does. */
function checkModifier(run: Run, { profile, tree }: Compiled, modifier: boolean): void {
  if ((tree.element.modifier === true) === modifier) return;
  const right = modifier ? 'extension' : 'modifierExtension';
  const text = texts.said(
    `The extension ${profile.url} belongs in \`${right}\`.`,
    `De extensie ${profile.url} hoort in \`${right}\`.`,
  );
  report(run, { rule: 'extension-modifier', profile: profile.url, text });
}
