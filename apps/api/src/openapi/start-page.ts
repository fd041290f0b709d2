const LINKS = [
  ['/docs', 'The API, to read and try'],
  ['/openapi.json', 'its description as OpenAPI 3.1'],
  ['/asyncapi.json', 'its streams as AsyncAPI 3'],
  ['/health/ready', 'whether this instance is ready'],
] as const;

/** What stands at `/`: what this is, and where to go from here. It tells nothing of any crisis. */
export const START_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Crisis log</title><link rel="icon" href="data:,"></head>
<body><main><h1>Crisis log</h1>
<p>The system of record for crises: an append-only history of events, and what follows from it.</p>
<ul>
${LINKS.map(([address, text]) => `<li><a href="${address}">${text}</a></li>`).join('\n')}
</ul></main></body>
</html>
`;
