// Does one handover come through whole? Pushed, announced, fetched both ways, completed, and compared with its source.
import { reading } from '../../sandbox/ecd.ts';
import { pushing } from '../../sandbox/epd.ts';
import {
  announcedBy,
  type Fetched,
  fetchDocument,
  fetchPlainly,
  outcomeText,
} from '../../sandbox/fetchHandover.ts';
import type { Format } from '../../sandbox/fhirBody.ts';
import { otherFormat } from '../../sandbox/fhirBody.ts';
import { compare, type Finding } from './compare.ts';
import { type FoundHandover, pushOf } from './handovers.ts';
import type { Organisations } from './organisations.ts';
import type { World } from './world.ts';

export type HandoverResult = {
  name: string;
  resources: number;
  /** Elements compared, counted once for each way. */
  elements: number;
  loss: Finding[];
  dangling: Finding[];
  /** What went wrong before there was anything to compare. */
  failure: string | undefined;
  milliseconds: number;
};

type Run = { handover: FoundHandover; organisations: Organisations; world: World; known: Set<string> };

/** Never throws: what goes wrong is the result. */
export async function runHandover(run: Run): Promise<HandoverResult> {
  const { handover } = run;
  const { members, dangling } = handover.closure;
  const result: HandoverResult = {
    name: handover.name,
    resources: members.length,
    elements: 0,
    loss: [],
    dangling: dangling.map(({ from, path, target }) => ({
      file: from.file,
      path,
      text: `leads nowhere: ${target}`,
    })),
    failure: undefined,
    milliseconds: 0,
  };
  const began = performance.now();
  try {
    for (const { way, fetched } of await carry(run)) {
      const { elements, findings } = compare(handover.closure, handover.resolve, fetched);
      result.elements += elements;
      result.loss.push(...findings.map((one) => ({ ...one, text: `${one.text} [${way}]` })));
    }
  } catch (error) {
    result.failure = error instanceof Error ? error.message : 'failed';
  }
  result.milliseconds = Math.round(performance.now() - began);
  return result;
}

type Way = { way: string; fetched: Fetched };

async function carry({ handover, organisations, world, known }: Run): Promise<Way[]> {
  const format: Format = /\.json$/i.test(handover.composition.file) ? 'json' : 'xml';
  const sender = world.callerOf(organisations.of(handover.sender));
  const to = organisations.of(handover.receiver);
  const receiver = world.callerOf(to);
  const pushed = await pushing(sender).push(pushOf(handover, to.identifiers[0]), format);
  if (pushed.status !== 202) throw new Error(`push: status ${pushed.status}${outcomeText(pushed.resource)}`);
  const taskId = await world.nextTask(known);
  known.add(taskId);
  const compositionId = await announcedBy(receiver, taskId, format);
  const ways = [
    { way: `$document ${format}`, fetched: await fetchDocument(receiver, compositionId, format) },
    {
      way: `reads ${otherFormat(format)}`,
      fetched: await fetchPlainly(receiver, compositionId, otherFormat(format)),
    },
  ];
  const completed = await reading(receiver).complete(taskId, format);
  if (completed.status !== 200) {
    throw new Error(`completion: status ${completed.status}${outcomeText(completed.resource)}`);
  }
  const after = await reading(receiver).readDocument(compositionId, format);
  if (after.status !== 403)
    throw new Error(`after completion the document is still answered with ${after.status}`);
  return ways;
}
