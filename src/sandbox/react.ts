// What does the nursing home do by itself when a notification comes? Nothing, fetch, or fetch and complete.
import type { Ecd } from './ecd.ts';
import { announcedBy, fetchDocument, fetchPlainly } from './fetchHandover.ts';

export const reactions = ['none', 'fetch', 'complete'] as const;
export type Reaction = (typeof reactions)[number];

/** Fetches both ways, and completes when asked to; tells each thing it did. A Task that is not in progress is left alone. */
export async function react(
  ecd: Ecd,
  taskId: string,
  options: { reaction: Reaction; tell(text: string): void },
): Promise<void> {
  if (options.reaction === 'none') return;
  try {
    const task = await ecd.readTask(taskId);
    const status = String(task.resource?.status ?? task.status);
    options.tell(`ECD read Task/${taskId}: ${status}`);
    if (status !== 'in-progress') return;
    const compositionId = await announcedBy(ecd.caller, taskId, 'json');
    const document = await fetchDocument(ecd.caller, compositionId, 'xml');
    const plain = await fetchPlainly(ecd.caller, compositionId, 'json');
    options.tell(
      `ECD fetched ${document.resources.size} resources as a document, ${plain.resources.size} one by one`,
    );
    if (options.reaction !== 'complete') return;
    options.tell(`ECD completed the Task: ${(await ecd.complete(taskId)).status}`);
  } catch (error) {
    options.tell(`ECD could not fetch: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}
