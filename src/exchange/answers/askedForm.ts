// Is this filled form the one that was asked for? By the address that it gives, else by its own questions.

/** An address of a form without host, version and fragment: these differ between releases and systems. */
export function formName(address: string): string {
  const bare = address.replace(/[|#].*$/, '').replace(/\/+$/, '');
  return bare.slice(bare.lastIndexOf('/') + 1).toLowerCase();
}

/** Of everybody, where any two systems mean the same form; what stands on one system alone names no form to others. */
const isShared = (address: string): boolean => /^https?:\/\//i.test(address);

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function linkIdsIn(items: unknown): unknown[] {
  if (Array.isArray(items)) return items.flatMap(linkIdsIn);
  if (!isTree(items)) return [];
  return [items.linkId, ...linkIdsIn(items.item), ...linkIdsIn(items.answer)];
}

/** R4 writes a canonical, STU3 a Reference. */
function addressIn(questionnaire: unknown): string {
  const text = isTree(questionnaire) ? questionnaire.reference : questionnaire;
  return typeof text === 'string' ? text : '';
}

/** How many questions of the asked form show that it is that one. */
const enough = 2;

/**
 * Old systems do not say which form it is; then the holder's search decides. Others name it as they have it themselves: then
 * its questions do, and without enough of them nothing shows that it was asked.
 */
export function fitsForm(
  { questionnaire, item }: Tree,
  { names, linkIds = [] }: { names: readonly string[]; linkIds?: readonly string[] | undefined },
): 'yes' | 'unproven' | 'no' {
  const address = addressIn(questionnaire);
  if (questionnaire === undefined || names.includes(formName(address))) return 'yes';
  const asked = new Set(linkIdsIn(item).filter((one) => typeof one === 'string' && linkIds.includes(one)));
  if (asked.size >= enough) return 'yes';
  return isShared(address) ? 'no' : 'unproven';
}
