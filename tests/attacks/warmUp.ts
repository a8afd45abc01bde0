// What does a gateway hold when it is in use? Ordinary traffic and large bodies, before memory is measured and while it is.
import { ecdB, epd } from './cast.ts';
import { handoff } from './content.ts';
import { fhirJson, handedOver, push, readTask } from './handovers.ts';
import type { Stage } from './stage.ts';

/** A second or so of ordinary traffic at every gateway. */
export async function ordinary(stage: Stage): Promise<void> {
  await Promise.all(
    Array.from({ length: 20 * stage.urls.length }, () => push(stage, handoff()).catch(() => undefined)),
  );
}

export async function warm(stage: Stage): Promise<void> {
  const { taskId } = await handedOver(stage);
  const large = `{"resourceType":"Bundle","type":"document","id":"${'x'.repeat(9_000_000)}"}`;
  for (let round = 0; round < 12; round += 1) {
    await ordinary(stage);
    const reads = Array.from({ length: 40 * stage.urls.length }, () => readTask(stage, taskId, ecdB));
    const bodies = stage.urls.map((_, gateway) =>
      stage.ask({
        method: 'POST',
        path: '/stu3/$handover',
        as: epd,
        gateway,
        headers: fhirJson,
        body: large,
      }),
    );
    // a busy machine may lose some: this only warms
    await Promise.allSettled(round < 6 ? [...reads, ...bodies] : reads);
  }
}
