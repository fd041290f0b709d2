import { json, type Operation, type Paths, problems } from '../operation';
import { ref } from '../schema';

const operation = (operationId: string, summary: string, description: string, schema: string): Operation => ({
  operationId,
  tags: ['the server'],
  summary,
  description,
  responses: { 200: json(summary, ref(schema)), ...problems() },
});

export const SESSION: Paths = {
  '/v1/session': {
    post: operation(
      'beginSession',
      'Exchange an API key for a cookie',
      'For browsers, whose EventSource sends no `Authorization`: a cookie that scripts cannot read, that no other site sends along, and that is good for reading only. It ends with the key, at the latest after 12 hours.',
      'Session',
    ),
    get: operation(
      'getSession',
      'Who the server takes you for',
      'The principal behind the credential, its levels and its scopes.',
      'Session',
    ),
    delete: operation('endSession', 'Give the cookie back', 'The browser forgets it.', 'SessionEnded'),
  },
};
