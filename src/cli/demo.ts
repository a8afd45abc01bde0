// What does the gateway do, seen from outside? `sluis demo` runs the story and tells whether it went as it must.
import { fileURLToPath } from 'node:url';
import { sampleHandover } from '../sandbox/sandbox.ts';
import { type AddCommand, examples } from './command.ts';
import { findHandovers, pushOf } from './conformance/handovers.ts';
import { partyOf } from './conformance/organisations.ts';
import { readFolders } from './conformance/readFolder.ts';
import { startCast } from './demo/cast.ts';
import { tellHandover } from './demo/handoverStory.ts';
import { createTimeline } from './demo/timeline.ts';
import { failed, misused } from './exit.ts';
import type { Terminal } from './terminal.ts';

const sampleFile = fileURLToPath(new URL('../sandbox/fixtures/handover.json', import.meta.url));

export const addDemo: AddCommand = (program, { terminal }) => {
  const demo = program
    .command('demo')
    .description(
      'start gateway and sandbox on free ports, run the story of a handover, and tell what happens',
    )
    .addHelpText('after', examples('sluis demo', 'sluis demo handover --from my-handover.xml'))
    .action(() => tellFrom(undefined, terminal));
  demo
    .command('handover')
    .description('the story of a handover, with our sample or with a file of yours')
    .option('--from <file>', 'a Bundle, or a folder of resources, with a nursing handoff; XML or JSON')
    .addHelpText('after', examples('sluis demo handover --from ../shared/corpus/handover/4.0-Test'))
    .action(({ from }: { from?: string }) => tellFrom(from, terminal));
};

async function tellFrom(from: string | undefined, terminal: Terminal): Promise<void> {
  const content = await readFolders([from ?? sampleFile]);
  const handovers = findHandovers(content.resources);
  const [handover] = handovers;
  if (handover === undefined) {
    const reasons = content.unreadable.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
    throw misused(`There is no nursing handoff in ${from}.${reasons}`);
  }
  if (handovers.length > 1) terminal.note(`${handovers.length} handovers found; this is ${handover.name}.`);
  const receiver = partyOf(handover.receiver);
  const parties = from === undefined ? {} : { hospital: partyOf(handover.sender), nursingHome: receiver };
  const cast = await startCast({ parties });
  const timeline = createTimeline(terminal);
  try {
    terminal.line(
      `gateway ${cast.folder.baseUrl}, EPD ${cast.sandbox.epd.baseUrl}, ECD ${cast.sandbox.ecd.baseUrl}`,
    );
    terminal.line();
    const push = from === undefined ? await sampleHandover() : pushOf(handover, receiver.identifiers[0]);
    await tellHandover({ cast, timeline, handover, push });
  } finally {
    await cast.close();
  }
  if (!timeline.close()) throw failed('');
}
