import { printable } from '#ledger';

/**
 * What is stored is not what was recorded, or not all of it. Nothing of such a record may be served or signed: the
 * folder is to be kept as it is, and a backup restored elsewhere.
 */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
  readonly detail: string;

  constructor(
    /**
     * `altered`: bytes differ. `rolled-back`: events are missing at the end. `heads`: the stream of heads is not sound.
     * `split-view`: a signed head in the record is not of the events that are here.
     */
    readonly kind: 'altered' | 'rolled-back' | 'heads' | 'split-view',
    /** May quote what stands in a file: it is made printable here. */
    detail: string,
    /** The first wrong position, where it is known. */
    readonly position?: number | undefined,
    /** The last that may be wrong, where only a range between two heads is known. */
    readonly to: number | undefined = position,
  ) {
    const place = position === undefined ? '' : ` at position ${position}${to === position ? '' : ` to ${to}`}`;
    const shown = printable(detail);
    super(`the record ${IS[kind]}${place}: ${shown}`);
    this.detail = shown;
  }
}

const IS = {
  altered: 'is altered',
  'rolled-back': 'is rolled-back',
  heads: 'is without sound heads',
  'split-view': 'has a split view',
};

/** A fault as it crosses threads, which turn errors into plain objects. */
export type PlainFault = Pick<RecordFault, 'kind' | 'detail' | 'position' | 'to'>;

export const faultOf = ({ kind, detail, position, to }: PlainFault): RecordFault =>
  new RecordFault(kind, detail, position, to);
