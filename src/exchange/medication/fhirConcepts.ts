// What do the codes of an R4 element say?
import type { Code } from './block.ts';
import { present, textOf, tree, trees } from './tree.ts';

export const codingsOf = (concept: unknown): Code[] =>
  trees(tree(concept)?.coding).map((coding) =>
    present<Code>({
      system: textOf(coding.system) ?? '',
      code: textOf(coding.code) ?? '',
      display: textOf(coding.display),
    }),
  );

export function conceptText(concept: unknown): string | undefined {
  const own = textOf(tree(concept)?.text);
  return own ?? codingsOf(concept).find(({ display }) => display !== undefined)?.display;
}
