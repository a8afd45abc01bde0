// Dutch or English? From Accept-Language, looked at briefly; English when it says neither.
import type { Language } from '../model.ts';

const tag = /^(nl|en)(?:-[A-Za-z0-9]{1,8})*$/i;
const maxTags = 10;

/** The preferred of the two languages; anything odd is passed over. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { language: Language; quality: number } = { language: 'en', quality: 0 };
  for (const part of (acceptLanguage ?? '').slice(0, 512).split(',', maxTags)) {
    const [name = '', weight] = part.split(';', 2).map((text) => text.trim());
    const found = tag.exec(name)?.[1]?.toLowerCase();
    const quality = weight === undefined ? 1 : Number(/^q=([01](?:\.\d{1,3})?)$/.exec(weight)?.[1] ?? 0);
    if (found && quality > best.quality) best = { language: found === 'nl' ? 'nl' : 'en', quality };
  }
  return best.language;
}
