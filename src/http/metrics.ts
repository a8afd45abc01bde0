// What is counted? Requests by route pattern, method and status; never by address, participant or patient.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  /** Where other modules register what they count. */
  registry: Registry;
  started(): void;
  finished(labels: { route: string; method: string; status: number }, milliseconds: number): void;
  refusedConnection(reason: string): void;
  /** Whom to ask how many bytes of bodies are in memory. */
  watchBodyBytes(read: () => number): void;
};

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One registry per gateway. `processMetrics` adds memory, CPU and event loop of the process. */
export function createMetrics(sources: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (sources.processMetrics) collectDefaultMetrics({ register: registry });
  const labelNames = ['route', 'method', 'status'] as const;
  const total = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['route', 'method'] as const,
    buckets,
    registers,
  });
  const inFlight = new Gauge({ name: 'http_requests_in_flight', help: 'Requests under way', registers });
  const malformed = new Counter({
    name: 'http_malformed_connections_total',
    help: 'Connections refused before a request could be read',
    labelNames: ['reason'] as const,
    registers,
  });
  let bodyBytes = () => 0;
  new Gauge({
    name: 'http_body_bytes_in_use',
    help: 'Bytes of request bodies in memory',
    registers,
    collect() {
      this.set(bodyBytes());
    },
  });
  return {
    registry,
    started: () => inFlight.inc(),
    finished({ route, method, status }, milliseconds) {
      const known = methods.has(method) ? method : 'other';
      inFlight.dec();
      total.inc({ route, method: known, status: String(status) });
      seconds.observe({ route, method: known }, milliseconds / 1_000);
    },
    refusedConnection: (reason) => malformed.inc({ reason }),
    watchBodyBytes(read) {
      bodyBytes = read;
    },
  };
}
