import type { ReadContext } from './read-context';
import type { BriefingQuestion } from './read-request';

export function answerBriefing(_context: ReadContext, _question: BriefingQuestion): string {
  throw new Error('not yet');
}
