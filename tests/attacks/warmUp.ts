// What does a gateway hold when it is in use? Some hundred handovers and large bodies, before memory is measured.
import { epd } from './cast.ts';
import { handoff } from './content.ts';
import { fhirJson, handedOver, push } from './handovers.ts';
import type { Stage } from './stage.ts';

export async function warm(stage: Stage): Promise<void> {
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(Array.from({ length: 10 }, () => push(stage, handoff())));
  }
  await handedOver(stage);
  const large = `{"resourceType":"Bundle","type":"document","id":"${'x'.repeat(4_000_000)}"}`;
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(
      stage.urls.map((_, gateway) =>
        stage.ask({
          method: 'POST',
          path: '/stu3/$handover',
          as: epd,
          gateway,
          headers: fhirJson,
          body: large,
        }),
      ),
    );
  }
}
