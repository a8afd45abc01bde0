// Which items belong to which slices, how many may there be, and does each fit its slice? http://hl7.org/fhir/R4/profiling.html#slicing
import { checkItem } from './children.ts';
import type { Compiler } from './compiler.ts';
import { type Belongs, discriminatorTest, every } from './discriminators.ts';
import { elementRule } from './elementRules.ts';
import { type Item, isTree } from './fhirpath/items.ts';
import type { Profile, Slicing } from './profile.ts';
import type { Node } from './profileTree.ts';
import { type Run, report } from './run.ts';
import type { ElementRule } from './slots.ts';
import { texts } from './texts.ts';

type Slice = { name: string; rule: ElementRule; belongs: Belongs | undefined };
type Slices = {
  label: string;
  profile: string;
  slicing: Slicing;
  slices: Slice[];
  fallback: Slice | undefined;
  /** The rule of the list, for items in no slice; extensions have been checked by it already. */
  rest: ElementRule | undefined;
};

const byAddress: Slicing = { rules: 'open', discriminators: [{ type: 'value', path: 'url' }] };
const byType: Slicing = { rules: 'open', discriminators: [{ type: 'type', path: '$this' }] };

/** Some published snapshots leave the slicing of extensions and choices unsaid. */
function slicingOf(node: Node): Slicing {
  const { slicing } = node.element;
  const unsaid = node.name.endsWith('[x]') ? byType : byAddress;
  if (slicing === undefined) return unsaid;
  return slicing.discriminators.length === 0 && node.name.endsWith('[x]')
    ? { ...slicing, ...byType }
    : slicing;
}

function sliceOf(from: { compiler: Compiler; profile: Profile }, slicing: Slicing, node: Node): Slice {
  const { compiler, profile } = from;
  const tests = slicing.discriminators.map((by) => discriminatorTest(compiler, node, by));
  const known = tests.filter((test) => test !== undefined);
  return {
    name: node.element.sliceName ?? '',
    rule: elementRule(compiler, profile, node),
    // A discriminator of which the slice says nothing decides nothing.
    belongs: known.length === 0 || known.length < tests.length ? partial(known) : every(known),
  };
}

const partial = (known: readonly Belongs[]): Belongs | undefined =>
  known.length === 0 ? undefined : (item, run) => (every(known)(item, run) === false ? false : undefined);

type Sliced = { compiler: Compiler; profile: Profile; node: Node; rule: ElementRule };

function compileSlices({ compiler, profile, node, rule }: Sliced): Slices {
  const slicing = slicingOf(node);
  const all = node.slices.map((slice) => sliceOf({ compiler, profile }, slicing, slice));
  return {
    label: node.element.id,
    profile: profile.url,
    slicing,
    slices: all.filter((slice) => slice.name !== '@default'),
    rest: node.name.endsWith('xtension') ? undefined : rule,
    fallback: all.find((slice) => slice.name === '@default'),
  };
}

type Sorted = { items: readonly Item[]; members: Item[][]; undecided: boolean[]; rest: number[] };

/** Puts each item in the first slice that it surely belongs to. */
function sort(slices: Slices, items: readonly Item[], run: Run): Sorted {
  const sorted: Sorted = {
    items,
    members: slices.slices.map(() => []),
    undecided: slices.slices.map(() => false),
    rest: [],
  };
  let last = 0;
  items.forEach((item, index) => {
    if (item.value === undefined && item.extra === undefined) return;
    const at = slices.slices.findIndex((slice, i) => {
      const answer = slice.belongs?.(item, run);
      if (answer === undefined) sorted.undecided[i] = true;
      return answer === true;
    });
    const slice = slices.slices[at];
    if (slice === undefined) {
      sorted.rest.push(index);
      return;
    }
    sorted.members[at]?.push(item);
    if (slices.slicing.ordered === true && at < last) {
      report(run, {
        rule: 'slice-order',
        profile: slices.profile,
        text: texts.sliceOrder(slices.label, slice.name),
      });
    }
    last = Math.max(last, at);
    checkListed(slice.rule, { item, index: items.length === 1 ? undefined : index }, run);
  });
  return sorted;
}

type Member = { item: Item; index: number | undefined };

function checkListed(rule: ElementRule, { item, index }: Member, run: Run): void {
  if (index !== undefined) run.path.push(index);
  checkItem(rule, item, run);
  if (index !== undefined) run.path.pop();
}

function checkCounts(slices: Slices, sorted: Sorted, run: Run): void {
  slices.slices.forEach((slice, i) => {
    const count = sorted.members[i]?.length ?? 0;
    const { min, max, label, profile } = slice.rule;
    // What could not be decided might have filled the slice.
    if (count < min && sorted.undecided[i] !== true && slice.belongs !== undefined) {
      report(run, {
        code: 'required',
        rule: 'slice-minimum',
        profile,
        text: texts.missing(label, min, count),
      });
    }
    if (max >= 0 && count > max) {
      report(run, { rule: 'slice-maximum', profile, text: texts.tooMany(label, max, count) });
    }
    slice.rule.slices?.(sorted.members[i] ?? [], run);
  });
}

function checkRest(slices: Slices, sorted: Sorted, run: Run): void {
  const { items } = sorted;
  const { fallback, slicing } = slices;
  const decided = !sorted.undecided.includes(true);
  const open = slicing.rules === 'open' || !decided;
  for (const at of sorted.rest) {
    const item = items[at];
    if (item === undefined) continue;
    const index = items.length === 1 ? undefined : at;
    const atEnd = slicing.rules === 'openAtEnd' && at >= items.length - sorted.rest.length;
    if (slices.rest !== undefined) checkListed(slices.rest, { item, index }, run);
    if (fallback !== undefined) checkListed(fallback.rule, { item, index: at }, run);
    else reportRest(slices, { item, index }, { closed: !open && !atEnd, decided, run });
  }
}

/** A part of an extension has a relative address, which only the definition of the whole can give it. */
function reportRest(
  { label, profile, slices, rest }: Slices,
  { item, index }: Member,
  { closed, decided, run }: { closed: boolean; decided: boolean; run: Run },
): void {
  const url = rest === undefined && decided && isTree(item.value) ? item.value.url : undefined;
  const part = typeof url === 'string' && !url.includes(':') ? url : undefined;
  if (part === undefined && !closed) return;
  if (index !== undefined) run.path.push(index);
  if (part === undefined) report(run, { rule: 'slice-closed', profile, text: texts.noSlice(label) });
  else {
    const known = slices.map(({ name }) => name);
    report(run, { rule: 'extension-part', profile, text: texts.unknownPart(part, known) });
  }
  if (index !== undefined) run.path.pop();
}

/** The check of all items of a sliced element together; slices are compiled at first use. */
export function slicesCheck(from: Sliced): (items: readonly Item[], run: Run) => void {
  let slices: Slices | undefined;
  return (items, run) => {
    slices ??= compileSlices(from);
    const sorted = sort(slices, items, run);
    checkCounts(slices, sorted, run);
    if (sorted.rest.length > 0) checkRest(slices, sorted, run);
  };
}
