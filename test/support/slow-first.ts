import TestSequencer from '@jest/test-sequencer';

/**
 * Specs of whole servers, and of what kills them, before those of a part: on a machine that has not run them yet Jest
 * knows only how long their files are, and the last to begin decides when all are done.
 */
const SLOW = ['/test/faults/', '/test/e2e/'];

type Spec = Parameters<TestSequencer['sort']>[0][number];

export default class SlowFirst extends TestSequencer {
  override async sort(specs: Spec[]): Promise<Spec[]> {
    const sorted = await super.sort(specs);
    const isSlow = ({ path }: Spec): boolean => SLOW.some((folder) => path.includes(folder));
    return [...sorted.filter(isSlow), ...sorted.filter((spec) => !isSlow(spec))];
  }
}
