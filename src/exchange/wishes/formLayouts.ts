// Where does each published form ask what? linkIds by form: the only key, since item codes were unreliable and then removed.
// https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020 and https://api.iknl.nl/docs/pzp/stu3/Questionnaire/ACP-zib2017
import type { MainKey } from './codes.ts';
import { isDecision } from './decision.ts';
import { answersOf, type FormItem } from './formItems.ts';
import { type Tree, textOf, textsAt } from './tree.ts';

export type PersonItems = {
  name: readonly string[];
  phones: readonly string[];
  emails: readonly string[];
  role: readonly string[];
  relation: readonly string[];
};

export type FormLayout = {
  /** The day of the talk; `authored` is the moment of typing. */
  date: readonly string[];
  /** The patient's birth date. */
  born: readonly string[];
  decisions: Readonly<Record<string, MainKey | 'other'>>;
  goal: readonly string[];
  capable: readonly string[];
  capableComment: readonly string[];
  leader: { name: readonly string[]; role: readonly string[] };
  representative: PersonItems;
  representativeIsFirst: readonly string[];
  firstContact: PersonItems;
  /** Do earlier agreements differ from these? */
  earlierDiffer: readonly string[];
};

/** Questions that can be answered "unknown" and decide on no treatment: goal, ICD, place, euthanasia, donor, earlier ones, sharing. */
const elsewhere = '999 784 1006 249 1191 604 1193 785 1435 789 1197 253 1199 255 1201 257';
export const aboutOthers: ReadonlySet<string> = new Set(elsewhere.split(' '));

/** Where the limit and the note of a decision stand, the limit first where there are both: below it by the form, beside it in what some tools send. */
export const textItems: Readonly<Record<string, readonly string[]>> = {
  1386: ['1001', '1002'],
  1387: ['1388', '1389'],
  1390: ['1391', '1392'],
  1393: ['1394', '1395'],
  1396: ['1397', '1398'],
  1399: ['1400', '1401'],
  1402: ['1404'],
  1005: ['1010'],
  587: ['122', '86'],
  588: ['123', '92'],
  589: ['124', '88'],
  590: ['125', '94'],
  591: ['126', '96'],
  592: ['127', '98'],
  593: ['100'],
  595: ['596'],
};

/** Where the treatment of an "other" decision is named. */
export const nameItems: Readonly<Record<string, string>> = { 1402: '1422', 593: '805' };

/** Where the limit of a decision stands; the questions that have a note alone have none. */
export const limitItem = (linkId: string): string | undefined => {
  const [limit, note] = textItems[linkId] ?? [];
  return note === undefined ? undefined : limit;
};

/** Of ACP-zib2020, then of ACP-zib2017: no linkId means two things, so that a form is read whichever it says it is. */
export const layout: FormLayout = {
  date: ['963', '385'],
  born: ['967', '6'],
  decisions: {
    1386: 'cpr',
    1387: 'ventilation',
    1390: 'icu',
    1393: 'hospital',
    1396: 'antibiotics',
    1399: 'blood',
    1402: 'other',
    1005: 'icd_off',
    587: 'cpr',
    588: 'ventilation',
    589: 'icu',
    590: 'hospital',
    591: 'antibiotics',
    592: 'blood',
    593: 'other',
    595: 'icd_off',
  },
  goal: ['999', '784'],
  capable: ['1406', '1651', '787'],
  capableComment: ['1407', '788'],
  leader: { name: ['968', '969', '970', '389', '390', '391'], role: ['1405', '786'] },
  representative: {
    name: ['973', '974', '975', '392', '393', '394'],
    phones: ['976', '977', '978', '979', '398', '399', '400'],
    emails: ['980', '401'],
    role: ['982', '410'],
    relation: ['983', '51'],
  },
  representativeIsFirst: ['984', '52'],
  firstContact: {
    name: ['985', '986', '987', '395', '396', '397'],
    phones: ['988', '989', '990', '991', '403', '404', '405'],
    emails: ['992', '406'],
    role: ['1644', '819'],
    relation: ['995', '77'],
  },
  earlierDiffer: ['1199', '255'],
};

/** By its questionnaire where that names a known form, else by a treatment question with a decision's code, or two of them. */
export function isKnownForm(form: Tree, items: readonly FormItem[]): boolean {
  const canonical = textOf(form.questionnaire) ?? textsAt(form, 'questionnaire', 'reference')[0] ?? '';
  if (/ACP-zib20(?:17|20)/.test(canonical)) return true;
  const questions = items.filter(({ linkId }) => linkId in layout.decisions);
  return questions.length > 1 || questions.some(({ item }) => answersOf(item).some(isDecision));
}
