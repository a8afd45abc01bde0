// Which groups are there? In the order in which they run.
import type { Group } from '../attack.ts';
import { outgoing } from './outgoing.ts';
import { parsing } from './parsing.ts';
import { semantics } from './semantics.ts';
import { tokens } from './tokens.ts';
import { transport } from './transport.ts';

export const groups: readonly Group[] = [tokens, transport, semantics, parsing, outgoing];
