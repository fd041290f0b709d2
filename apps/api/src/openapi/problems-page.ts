import { PROBLEMS } from '../http/problem';

const INTRODUCTION = `# Problems

Generated from \`apps/api/src/http/problem.ts\`; the tests say how when this page is out of date.

Every refusal is \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, what is wrong in this request as \`detail\`, and
what to do about it as \`next\`; some types add members, such as \`parameter\`, or \`errors\` with a JSON pointer each. \`type\` is
an address of the server itself: \`GET /problems/event-id-taken\`. In an answer to NDJSON the problem of a line stands in that line.

A status under 500 says that nothing was stored, and that sending the same again gets the same answer until something changes.
After 5xx (and after no answer at all) send the same event with the same id again, after \`Retry-After\` seconds if it is given: it is
stored once.`;

/** `docs/problems.md`, from the rows alone. */
export function problemsPage(): string {
  const rows = Object.entries(PROBLEMS)
    .sort(([, [one]], [, [other]]) => one - other)
    .map(([type, [status, title, next]]) => `| ${status} | \`${type}\` | ${title} | ${next} |`);
  return [
    INTRODUCTION,
    '',
    '| status | type | what it means | what to do next |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (require.main === module) process.stdout.write(problemsPage());
