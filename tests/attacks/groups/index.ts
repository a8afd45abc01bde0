// Which groups are there? In the order in which they run: A and L look back at what the others did.
import type { Group } from '../attack.ts';
import { audit } from './audit.ts';
import { consent } from './consent.ts';
import { delivery } from './delivery.ts';
import { exhaustion } from './exhaustion.ts';
import { mitz } from './mitz.ts';
import { outgoing } from './outgoing.ts';
import { parsing } from './parsing.ts';
import { privacy } from './privacy.ts';
import { semantics } from './semantics.ts';
import { tokens } from './tokens.ts';
import { transport } from './transport.ts';

export const groups: readonly Group[] = [
  tokens,
  transport,
  semantics,
  consent,
  mitz,
  parsing,
  outgoing,
  delivery,
  exhaustion,
  audit,
  privacy,
];
