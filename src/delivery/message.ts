// What does a notification say? Gateway ids and organisations only: nothing about the patient.
import { z } from 'zod';

const identifier = z.object({ system: z.string(), value: z.string() });

const notificationMessage = z.object({
  taskId: z.string(),
  /** Absolute address of the Task at this gateway, ending in `/Task/{id}`. */
  taskUrl: z.string(),
  compositionUrl: z.string(),
  /** UUID, one per case. */
  groupIdentifier: z.string(),
  /** UUID of this notification; a cancellation carries that of the announcement it takes back. */
  notificationIdentifier: z.string(),
  senderUra: z.string().exactOptional(),
  receiverUra: z.string().exactOptional(),
  /** For an organisation without URA. */
  sender: identifier.exactOptional(),
  receiver: identifier.exactOptional(),
  status: z.enum(['requested', 'cancelled']),
  authoredOn: z.string(),
  availableUntil: z.string().exactOptional(),
  authorizationBase: z.string().exactOptional(),
  /** Given by delivery at the first sending over a subscription. */
  eventNumber: z.number().exactOptional(),
  /** For callbacks to the sender: of a handover at its status, of a push at its Task. */
  callback: z
    .object({
      handoverUrl: z.string().exactOptional(),
      state: z.string(),
      /** Stable code: why it is told, where the state alone does not say it. */
      reason: z.string().exactOptional(),
    })
    .exactOptional(),
});

export type NotificationMessage = z.output<typeof notificationMessage>;

/** Keeps the known members only, so that nothing else can reach the outbox. Throws on a malformed message. */
export const printMessage = (message: NotificationMessage): string =>
  JSON.stringify(notificationMessage.parse(message));

/** Reads what `printMessage` wrote; throws when the row is damaged. */
export const readMessage = (text: string): NotificationMessage => notificationMessage.parse(JSON.parse(text));
