// One gateway's delivery as a process of its own, so that a test can kill it. Arguments: settings as JSON.
import { createChain } from '../../src/audit/chain.ts';
import { startDelivery } from '../../src/delivery/startDelivery.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import { openKeyRing } from '../../src/store/keyRing.ts';
import { openStore } from '../../src/store/openStore.ts';

const given = JSON.parse(process.argv[2] ?? '{}');
const clock = () => new Date();
const keys = openKeyRing(given.keyFile);
const chain = createChain({ name: given.gateway, keys, clock });
const store = await openStore(given.store, { clock, keys, chain, alarm: () => undefined });
const quiet = () => undefined;
startDelivery({
  store,
  outgoing: createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 400,
    maxBytes: 1_000,
    connectionsPerHost: 8,
  }),
  clock,
  endpointOf: () => given.endpoint,
  wayTo: () => given.endpoint,
  tokens: { get: async () => ({ header: undefined }) },
  settings: given.settings,
  log: { info: quiet, warn: quiet, error: (facts, text) => console.error(text, facts) },
  owner: given.gateway,
});
console.log('ready');
