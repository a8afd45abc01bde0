// How does a command reach the store? Beside a running gateway, with records of what it does in a chain of its own.
import { type Foundation, openFoundation } from '../app/foundation.ts';
import type { Config } from '../config.ts';
import { readConfig, type Tools } from './command.ts';
import { failed, toldOf } from './exit.ts';

export type Opened = Foundation & { config: Config };

/** Opens what the settings name, does the work, and closes it again. */
export async function withStore<T>(
  options: { config?: string },
  tools: Tools,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const config = readConfig(options, tools);
  const foundation = await openFoundation(config, {
    clock: () => new Date(),
    role: 'command',
    alarm: (reason, detail) => tools.terminal.note(`${reason}${detail === undefined ? '' : `: ${detail}`}`),
  }).catch((error: unknown) => {
    throw failed(toldOf(error), error);
  });
  try {
    return await work({ ...foundation, config });
  } finally {
    await foundation.close();
  }
}

/** Who runs this command, for the record: never a path, never an address. */
export const operatorOf = (tools: Tools): string =>
  `command:${(tools.environment.SUDO_USER ?? tools.environment.USER ?? 'unknown').replace(/[^\w.-]/g, '_').slice(0, 40)}`;

/** Throws (exit 1) for a participant that the settings do not have. */
export function demandParticipant({ participants }: Config, id: string): void {
  if (participants.some((known) => known.id === id)) return;
  throw failed(
    `There is no participant "${id}" in the settings; \`sluis participant list\` tells which there are.`,
  );
}
