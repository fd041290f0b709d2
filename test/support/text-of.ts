/** The text of an answer; of a stream of events, which has no end, up to its first event. */
export async function textOf(response: Response): Promise<string> {
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream'))
    return response.text();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (/^event: .*\n(.+\n)*\n/m.test(text)) break;
  }
  return text;
}
