// Does a text that is about something else speak of resuscitation? It is not interpreted, but nobody reads past it either.
/** SNOMED: not for resuscitation; not for attempted cardiopulmonary resuscitation. */
export const notForResuscitation: ReadonlySet<string> = new Set(['304253006', '450476008']);

const subject = /reanim|resuscit|hartmassage|\b(?:cpr|dnr|dnar|dnacpr|ntbr)\b/i;
/** In capitals alone, and not as the number of something. */
const statement = /\bNR\b(?!\.?\s*\d)/;
const negation =
  /\b(?:niet|nooit|geen|zonder|weiger\p{L}*|afzien|stop\p{L}*|not|never|no|don['’]t|without|refus\p{L}*|dnr|dnar|dnacpr|ntbr)\b/iu;

/** Who wants no medal that says no, has said nothing. */
const noStatement = /\bgeen\s+niet[- ]?reanim\p{L}*/giu;

export const speaksOfResuscitation = (text: string): boolean =>
  subject.test(text.replace(noStatement, '')) || statement.test(text);

/** Does it say no to it, as far as anybody can tell without reading it? */
export const deniesResuscitation = (text: string): boolean =>
  speaksOfResuscitation(text) && (statement.test(text) || negation.test(text.replace(noStatement, '')));
