// Can the checker fail? Each misdeed of the stub must turn its own invariant red, and an honest stub none.
import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoint } from '../../src/model.ts';
import { startDriver } from './driver.ts';
import { emptyHistory } from './history.ts';
import { judge } from './invariants.ts';
import { seeded } from './random.ts';
import { settle } from './round.ts';
import { type Misdeed, misdeeds, startStub } from './stubGateway.ts';
import { connect, onceReceivers, startOrganisations } from './world.ts';

/** Enough for every misdeed to happen, however slow the machine. */
const enough = { operations: 130, reads: 200 };
const mostSeconds = 30;
/** Stubs side by side: more of them would make each other late. */
const atOnce = 3;

/** Resolves with how many misdeeds were seen and how many were not. */
export async function selfTest(seed: number, say: (line: string) => void) {
  const names = Object.keys(misdeeds) as Misdeed[];
  const total = { passed: 0, failed: 0 };
  for (let from = 0; from < names.length; from += atOnce) {
    const some = names.slice(from, from + atOnce);
    const results = await Promise.all(some.map(async (name) => ({ name, broken: await play(name, seed) })));
    for (const result of results) total[tell(result, say) ? 'passed' : 'failed'] += 1;
  }
  return total;
}

type Result = { name: Misdeed; broken: { invariant: string; first: string }[] };

function tell({ name, broken }: Result, say: (line: string) => void): boolean {
  const wanted = misdeeds[name];
  const ok =
    wanted === undefined ? broken.length === 0 : broken.some(({ invariant }) => invariant === wanted);
  const names = broken.map(({ invariant }) => invariant).join(', ');
  const seen = broken.length > 0 ? `broken: ${names}` : 'nothing broken';
  say(`self-test  ${name.padEnd(24)} ${ok ? 'ok    ' : 'BROKEN'} ${seen}; wanted: ${wanted ?? 'nothing'}`);
  if (!ok) for (const { invariant, first } of broken) say(`             ! ${invariant} ${first}`);
  return ok;
}

async function play(misdeed: Misdeed, seed: number): Promise<Result['broken']> {
  const random = seeded(seed).fork(misdeed);
  const history = emptyHistory();
  const organisations = await startOrganisations(history, random);
  const { receivers, callbacks, shapes } = organisations;
  const stub = await startStub({
    misdeed,
    callbackAddress: callbacks.address,
    endpointOf: (id): Endpoint => ({
      id: 'notify',
      kind: 'notification',
      address: receivers.find((receiver) => receiver.id === id)?.address ?? '',
      shape: shapes.get(id) ?? 'A',
      auth: { kind: 'none' },
      status: 'active',
      repeatable: !onceReceivers.has(id),
    }),
  });
  const gateways = [stub];
  const callers = connect(organisations, gateways, random);
  const driver = startDriver({
    callers,
    history,
    random: random.fork('driver'),
    sender: organisations.sender,
    receivers: organisations.parties,
    lanes: 4,
    badPart: 0.2,
    paceMs: 120,
  });
  const until = Date.now() + mostSeconds * 1_000;
  const few = () => history.operations.length < enough.operations || history.reads.length < enough.reads;
  while (few() && Date.now() < until) await wait(100);
  const limitMs = 20_000;
  const evidence = await settle({
    world: { gateways, receivers, callbacks, callers },
    driver,
    history,
    kills: 0,
    limitMs,
  });
  await Promise.all([...receivers.map((receiver) => receiver.end()), callbacks.end(), stub.end()]);
  return judge(evidence).flatMap(({ name, violations }) =>
    violations.slice(0, 1).map((first) => ({ invariant: name.split(' ')[0] ?? '', first })),
  );
}
