// What does the gateway do, seen from outside? `sluis demo` runs three stories and tells whether they went as they must.
import { fileURLToPath } from 'node:url';
import { sampleHandover } from '../sandbox/sandbox.ts';
import { type AddCommand, examples } from './command.ts';
import { findHandovers, pushOf } from './conformance/handovers.ts';
import { partyOf } from './conformance/organisations.ts';
import { readFolders } from './conformance/readFolder.ts';
import { startCast, startRegionCast } from './demo/cast.ts';
import { tellHandover } from './demo/handoverStory.ts';
import { type RegionStory, tellMedication } from './demo/medicationStory.ts';
import { createTimeline, type Timeline } from './demo/timeline.ts';
import { tellWishes } from './demo/wishesStory.ts';
import { failed, misused } from './exit.ts';
import type { Terminal } from './terminal.ts';

const sampleFile = fileURLToPath(new URL('../sandbox/fixtures/handover.json', import.meta.url));

type Story = (terminal: Terminal, timeline: Timeline) => Promise<void>;

export const addDemo: AddCommand = (program, { terminal }) => {
  const run = (...stories: readonly Story[]) => tell(stories, terminal);
  const demo = program
    .command('demo')
    .description('start gateway and sandbox on free ports, run three stories, and tell what happens')
    .addHelpText('after', examples('sluis demo', 'sluis demo wishes', 'sluis demo handover --from mine.xml'))
    .argument('[story]')
    .usage('[options] [command]')
    .action((other: string | undefined) => {
      if (other !== undefined)
        throw misused(`There is no story "${other}"; there are handover, wishes and medication.`);
      return run(handoverFrom(undefined), wishes, medication);
    });
  demo
    .command('handover')
    .description('the story of a handover, with our sample or with a file of yours')
    .option('--from <file>', 'a Bundle, or a folder of resources, with a nursing handoff; XML or JSON')
    .addHelpText('after', examples('sluis demo handover --from ../shared/corpus/handover/4.0-Test'))
    .action(({ from }: { from?: string }) => run(handoverFrom(from)));
  demo
    .command('wishes')
    .description('the story of a crew that asks what a patient wishes: a refusal, an outage, an emergency')
    .addHelpText('after', examples('sluis demo wishes'))
    .action(() => run(wishes));
  demo
    .command('medication')
    .description(
      'the story of one medication overview from four systems, of which one refuses and one is silent',
    )
    .addHelpText('after', examples('sluis demo medication'))
    .action(() => run(medication));
};

async function tell(stories: readonly Story[], terminal: Terminal): Promise<void> {
  const timeline = createTimeline(terminal);
  for (const story of stories) await story(terminal, timeline);
  if (!timeline.close()) throw failed('');
}

const handoverFrom =
  (from: string | undefined): Story =>
  async (terminal, timeline) => {
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
    try {
      const { folder, sandbox } = cast;
      timeline.title(
        `Handover. Gateway ${folder.baseUrl}, EPD ${sandbox.epd.baseUrl}, ECD ${sandbox.ecd.baseUrl}`,
      );
      const push = from === undefined ? await sampleHandover() : pushOf(handover, receiver.identifiers[0]);
      await tellHandover({ cast, timeline, handover, push });
    } finally {
      await cast.close();
    }
  };

const inRegion =
  (title: string, story: (told: RegionStory) => Promise<void>): Story =>
  async (terminal, timeline) => {
    const cast = await startRegionCast();
    try {
      timeline.title(
        `${title}. Gateway ${cast.folder.baseUrl}, ${cast.region.holders.size} data holders, Mitz`,
      );
      await story({ cast, timeline, terminal });
    } finally {
      await cast.close();
    }
  };

const wishes = inRegion('Wishes', tellWishes);
const medication = inRegion('Medication overview', tellMedication);
