/**
 * A number for each key; different keys seldom share one. Comparing numbers costs less than a look-up, and than reading
 * an event again, which in a long history means waiting for memory.
 */
export function traceOf(key: string): number {
  let trace = 0;
  for (let i = Math.max(0, key.length - 8); i < key.length; i++) trace = (Math.imul(trace, 31) + key.charCodeAt(i)) | 0;
  return trace;
}

/**
 * A set of traces that remembers some of their bits: `mayHave` may be wrong about one that is not there, never about
 * one that is.
 */
export class Traces {
  private readonly marks: Uint8Array;

  constructor(traces: number) {
    this.marks = new Uint8Array(2 ** Math.min(21, 1 + Math.ceil(Math.log2(traces + 1))));
  }

  add(trace: number): void {
    const at = trace & (this.marks.length * 8 - 1);
    this.marks[at >> 3]! |= 1 << (at & 7);
  }

  mayHave(trace: number): boolean {
    const at = trace & (this.marks.length * 8 - 1);
    return (this.marks[at >> 3]! & (1 << (at & 7))) !== 0;
  }
}
