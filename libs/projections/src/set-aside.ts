import { REPORT_TYPES } from '#catalogue';
import type { Position } from '#event-log';
import type { EffectiveVersion } from './effective-events';
import { incidentTypeOf, keyOf } from './incidents';
import { traceOf } from './traces';

/** Reports that a view needs only where it needs another one of their incident: two numbers are kept of each. */
export class SetAside {
  readonly #positions: Position[] = [];
  readonly #traces: number[] = [];

  get positions(): readonly Position[] {
    return this.#positions;
  }

  add(version: EffectiveVersion): void {
    this.#positions.push(version.original);
    this.#traces.push(incidentTraceOf(version));
  }

  /** Positions of those that share an incident with one of these versions; by chance a few others are among them. */
  joining(versions: readonly EffectiveVersion[]): Position[] {
    const incidents = new Set(versions.map(incidentTraceOf));
    return this.#positions.filter((_, i) => incidents.has(this.#traces[i]!));
  }
}

const incidentTraceOf = (version: EffectiveVersion): number =>
  (Math.imul(traceOf(keyOf(version)), 31) + REPORT_TYPES.indexOf(incidentTypeOf(version.facts.type))) | 0;
