// What does the gateway do with Mitz? Asks the closed question, subscribes, takes notifications, and reads its copies.
import type { Clock } from '../../model.ts';
import type { Outgoing } from '../../outgoing/outgoing.ts';
import type { Store } from '../../store/store.ts';
import type { NotifiedCopies } from '../source.ts';
import { type ClosedQuestion, createClosedQuestion } from './closedQuestion.ts';
import type { Alarm } from './notificationConsent.ts';
import { createNotifiedCopies } from './readNotified.ts';
import { createReceiveNotification, type ReceiveNotification } from './receiveNotification.ts';
import type { MitzSettings } from './settings.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

export type Mitz = {
  ask: ClosedQuestion;
  notified: NotifiedCopies;
  subscriptions: Subscriptions;
  receive: ReceiveNotification;
};

export type MitzDeps = {
  settings: MitzSettings;
  store: Store;
  clock: Clock;
  /** Made by `createMitzOutgoing`; whoever made it closes it. */
  outgoing: Outgoing;
  /** The consulting category (RPZAC…) of an organisation type. */
  categoryOfType(type: string): string | undefined;
  alarm(reasons: readonly Alarm[]): void;
};

export const createMitz = (deps: MitzDeps): Mitz => ({
  ask: createClosedQuestion(deps),
  notified: createNotifiedCopies(deps),
  subscriptions: createSubscriptions(deps),
  receive: createReceiveNotification(deps),
});
