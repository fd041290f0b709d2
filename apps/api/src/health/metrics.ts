import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How a server stands at a moment. */
export interface Standing {
  /** Events in the record, as far as this instance holds it. */
  readonly events: number;
  readonly isWritable: boolean;
  /** The record was found altered, or a signed head is of other events: nothing is served. */
  readonly isRefused: boolean;
  /** Events that the views have not folded yet. */
  readonly viewsLag: number;
  /** Events that this build cannot read. */
  readonly unreadable: number;
  /** Streams, exports and endless appends that are open. */
  readonly streams: number;
  /** Only where the record is in EventStoreDB: how long ago the mirror was last known to hold everything. */
  readonly mirrorBehindMs: number | undefined;
}

/** The bounds of the durations, in seconds: a durable append takes about one millisecond. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What is measured of one server, in the text format of Prometheus. Nothing in it names a crisis or a principal. */
export class Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  #coversProcess = false;

  constructor() {
    this.contentType = this.#registry.contentType;
    this.#requests = new Histogram({
      name: 'crisislog_http_request_duration_seconds',
      help: 'From the head of a request to the end of its answer, by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [this.#registry],
    });
  }

  /** Requests are counted once their answer is sent: nobody waits for that. */
  measure(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      this.#requests.observe(labels, reply.elapsedTime / 1000);
      done();
    });
  }

  render(standing: Standing): Promise<string> {
    // At the first question: a server that nobody watches does not watch itself either.
    if (!this.#coversProcess) collectDefaultMetrics({ register: this.#registry });
    this.#coversProcess = true;
    this.#set('crisislog_record_events', 'Events in the record.', standing.events);
    this.#set('crisislog_record_writable', '1 while appends are taken.', Number(standing.isWritable));
    this.#set('crisislog_record_refused', '1 once the record is not what it was.', Number(standing.isRefused));
    this.#set('crisislog_views_lag_events', 'Events that the views have not folded yet.', standing.viewsLag);
    this.#set('crisislog_views_unreadable_events', 'Events that this build cannot read.', standing.unreadable);
    this.#set('crisislog_streams_open', 'Streams, exports and endless appends.', standing.streams);
    if (standing.mirrorBehindMs !== undefined)
      this.#set(
        'crisislog_mirror_behind_seconds',
        'Since the mirror was last known to hold everything.',
        standing.mirrorBehindMs / 1000,
      );
    return this.#registry.metrics();
  }

  #set(name: string, help: string, value: number): void {
    const gauge = this.#registry.getSingleMetric(name) ?? new Gauge({ name, help, registers: [this.#registry] });
    (gauge as Gauge).set(value);
  }
}
