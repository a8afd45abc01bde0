// On what stage are one-time links opened? A real store, real HTTP, and whatever page a test wants behind a link.
import { answerLink } from '../../src/exchange/pages/answerLink.ts';
import { type LinkedPage, mintLink } from '../../src/exchange/pages/links.ts';
import { createDataListener } from '../../src/http/dataListener.ts';
import { asking, hospital } from '../world/cast.ts';
import { startHttp, tinyExchange } from './httpStage.ts';
import type { Ground } from './storesUnderTest.ts';

export type PageStage = Awaited<ReturnType<typeof startPages>>;

export async function startPages(ground: Ground) {
  const store = await ground.open();
  const http = await startHttp(store);
  const data = createDataListener({
    ...http.listenerDeps,
    exchange: {
      ...tinyExchange(http.seen, http.plan),
      openPage: (question) => answerLink(question, { store, clock: () => new Date() }),
    },
  });
  await new Promise<void>((resolve) => data.listen(0, '127.0.0.1', resolve));
  const address = data.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    lines: http.lines,
    mint(html: string, kind: LinkedPage['kind'] = 'card') {
      const page = { kind, html, requester: asking(hospital), patientBsn: '999911120', now: new Date() };
      return store.write((unit) => mintLink(unit, page));
    },
    get: (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init),
    async end() {
      data.closeAllConnections();
      await new Promise((resolve) => data.close(resolve));
      await http.end();
    },
  };
}
