// How does the gateway begin and end as a program? Settings, start, one line that says where, and the signals.
import type { Logger } from 'pino';
import { startGateway } from './app.ts';
import { toldOf } from './cli/exit.ts';
import { type Config, ConfigFault, loadConfig } from './config.ts';
import { createLog } from './http/log.ts';
import { standardOutput } from './http/logOutput.ts';

/** Runs until it is told to stop; gives the exit code: 0 stopped as asked, 1 could not start or had to be cut. */
export async function main(file: string, environment: Readonly<NodeJS.ProcessEnv>): Promise<number> {
  let config: Config;
  try {
    config = loadConfig(file, environment);
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  return run(config, createLog(config.http.logLevel));
}

async function run(config: Config, log: Logger): Promise<number> {
  const ended = Promise.withResolvers<number>();
  const asked = signals();
  const gateway = await startGateway(config, { log, clock: () => new Date() }).catch((error: unknown) => {
    log.fatal({ err: error }, 'the gateway could not start');
    process.stderr.write(`The gateway could not start: ${toldOf(error)}\n`);
  });
  if (gateway === undefined) return 1;
  // As the log is written: a full disk or a reader that is gone does not end a gateway.
  standardOutput().write(
    `Sluis listens on ${gateway.dataUrl} (for ${gateway.baseUrl}); health and metrics on ${gateway.opsUrl}\n`,
  );
  asked.first(() => {
    log.info('stopping: what is under way is finished');
    gateway.stop().then(
      () => ended.resolve(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop was not clean');
        ended.resolve(1);
      },
    );
  });
  asked.second(() => {
    log.warn('stopping at once');
    gateway.force();
    ended.resolve(1);
  });
  const code = await ended.promise;
  log.info('stopped');
  return code;
}

/** A signal during the start counts too: it is kept until somebody listens. */
function signals(): { first(act: () => void): void; second(act: () => void): void } {
  const acts: ((() => void) | undefined)[] = [];
  let count = 0;
  const arrived = (): void => {
    acts[count]?.();
    count += 1;
  };
  process.on('SIGTERM', arrived);
  process.on('SIGINT', arrived);
  const on = (place: number) => (act: () => void) => {
    acts[place] = act;
    if (count > place) act();
  };
  return { first: on(0), second: on(1) };
}
