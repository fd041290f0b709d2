import { stateOf, type Line } from './channels';
import { type Incident } from './incidents';
import type { Moment } from './instant';

/** Section 8 of the model: is there room for diplomacy now, and why. */
export type WindowState = 'unknown' | 'closed' | 'narrowing' | 'open';

export interface DiplomacyWindow {
  readonly state: WindowState;
  readonly conditions: {
    /** omega is at least a half; null when omega is. */
    readonly omega: boolean | null;
    /** The last contacts of the active channels, in the order of the channels. */
    readonly activeChannel: readonly string[];
    readonly openLegs: readonly string[];
  };
}

export interface WindowInputs {
  readonly anythingReported: boolean;
  /** In thousandths. */
  readonly omega: number | null;
  readonly lines: readonly Line[];
  readonly openLegs: readonly Incident[];
}

const HALF = 500;

export function windowStateOf({ anythingReported, omega, lines, openLegs }: WindowInputs, at: Moment): WindowState {
  if (!anythingReported) return 'unknown';
  const states = lines.map((line) => stateOf(line, at));
  if (states.every((state) => state === 'closed')) return 'closed';
  return (omega ?? 0) >= HALF && states.includes('active') && openLegs.length === 0 ? 'open' : 'narrowing';
}

export function windowOf(inputs: WindowInputs, at: Moment): DiplomacyWindow {
  const { omega, lines, openLegs } = inputs;
  const active = lines.filter((line) => stateOf(line, at) === 'active').map((line) => line.contacts.at(-1)!);
  return {
    state: windowStateOf(inputs, at),
    conditions: {
      omega: omega === null ? null : omega >= HALF,
      activeChannel: [...new Set(active.map((contact) => contact.id))],
      openLegs: openLegs.map((leg) => leg.id),
    },
  };
}

/** Diplomacy outpaces escalation: more than half of what moves is relief, and no strike waits for an answer. */
export const outpaces = (omega: number | null, openLegs: readonly Incident[]): boolean | null =>
  omega === null ? null : omega > HALF && openLegs.length === 0;
