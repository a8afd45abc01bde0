// Why did a SOAP question bring no answer that counts? Stable reasons; nothing of what the other side wrote.
import type { OutgoingReason } from './outgoingFailure.ts';

export type SoapReason =
  | OutgoingReason
  /** The other side says that our message is wrong, or that it cannot serve it now. */
  | 'fault-sender'
  | 'fault-receiver'
  | 'fault-other'
  /** Another HTTP status than 200. */
  | `status-${number}`
  | 'not-soap'
  | 'malformed'
  | 'not-understood'
  | 'wrong-action'
  | 'wrong-relation';

export class SoapFailure extends Error {
  readonly reason: SoapReason;

  constructor(reason: SoapReason) {
    super(`No SOAP answer: ${reason}`);
    this.name = 'SoapFailure';
    this.reason = reason;
  }
}
