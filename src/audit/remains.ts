// What does a record still show that is not as the gateway wrote it? Whatever can be read of it, and nothing that moves the reader's terminal.
import type { AuditTable } from '../store/tables.ts';
import { type AuditBody, cleanText } from './entry.ts';

const texts = [
  ...(['event', 'reason', 'participantId', 'clientId'] as const),
  ...(['purposeOfUse', 'object', 'exchange', 'requestId'] as const),
];
const groups = ['practitioner', 'mandatedBy', 'detail'] as const;
const actions = ['C', 'R', 'U', 'D', 'E'] as const;
const outcomes = ['success', 'refused', 'failed'] as const;

type Tree = Readonly<Record<string, unknown>>;
type Read = Pick<AuditTable, 'id' | 'chain' | 'seq' | 'position' | 'at'> & { entry: AuditBody };

/** Somebody may have put anything into any column: what is no text where text belongs is left out. */
export function remainsOf(record: AuditTable): Read {
  const said = treeIn(record.body);
  const entry: AuditBody = {
    event: 'unreadable',
    action: actions.find((one) => one === said.action) ?? 'E',
    outcome: outcomes.find((one) => one === said.outcome) ?? 'failed',
  };
  for (const name of texts) {
    const text = said[name];
    if (typeof text === 'string') entry[name] = cleanText(text);
  }
  for (const name of groups) {
    const group = said[name];
    if (isTree(group)) entry[name] = textsIn(group);
  }
  const { seq, position } = record;
  const [id, chain, at] = [record.id, record.chain, record.at].map((column) => cleanText(String(column)));
  return { id: id ?? '', chain: chain ?? '', at: at ?? '', seq, position, entry };
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function treeIn(body: string): Tree {
  try {
    const value: unknown = JSON.parse(body);
    return isTree(value) ? value : {};
  } catch {
    return {};
  }
}

const textsIn = (group: Tree): Record<string, string> =>
  Object.fromEntries(
    Object.entries(group).map(([name, value]) => [cleanText(name), cleanText(String(value))]),
  );
