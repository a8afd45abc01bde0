// Does what others published come through the gateway whole? `sluis conformance handover FOLDER…`.
import { type AddCommand, examples } from './command.ts';
import { findHandovers } from './conformance/handovers.ts';
import { gatherOrganisations } from './conformance/organisations.ts';
import { type FolderContent, readFolders } from './conformance/readFolder.ts';
import { isWhole, resultLine, tellFindings, totalsLine } from './conformance/report.ts';
import { type HandoverResult, runHandover } from './conformance/runHandover.ts';
import { countLine } from './conformance/suites.ts';
import { startWorld } from './conformance/world.ts';
import { failed } from './exit.ts';
import type { Terminal } from './terminal.ts';

export const addConformance: AddCommand = (program, { terminal }) => {
  program
    .command('conformance')
    .description('try the gateway on published examples, over HTTP and from end to end')
    .command('handover')
    .description('push every nursing handoff found, fetch it both ways, complete it, and look for loss')
    .argument('<folder...>', 'folders or files with FHIR STU3 resources, XML or JSON, loose or in Bundles')
    .addHelpText('after', examples('sluis conformance handover ../shared/corpus/handover'))
    .action(async (folders: string[]) => {
      const content = await readFolders(folders);
      const results = await runAll(content, terminal);
      tellFindings(results, content, terminal);
      terminal.line(`\n${totalsLine(results, content)}`);
      const passed = results.filter(isWhole).length;
      const missed = results.length - passed + content.unreadable.length;
      terminal.line(countLine('handover', { passed, failed: missed }));
      if (missed > 0) throw failed('');
    });
};

async function runAll(content: FolderContent, terminal: Terminal): Promise<HandoverResult[]> {
  const handovers = findHandovers(content.resources);
  if (handovers.length === 0) {
    const unreadable = content.unreadable.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
    throw failed(`No nursing handoff among ${content.resources.length} resources.${unreadable}`);
  }
  const organisations = gatherOrganisations(handovers);
  const world = await startWorld(organisations);
  const width = Math.max(...handovers.map((one) => one.name.length));
  const known = new Set<string>();
  const results: HandoverResult[] = [];
  try {
    for (const handover of handovers) {
      terminal.progress(`${results.length + 1} of ${handovers.length}: ${handover.name}`);
      const result = await runHandover({ handover, organisations, world, known });
      results.push(result);
      terminal.line(resultLine(result, width, terminal));
    }
  } finally {
    await world.close();
  }
  return results;
}
