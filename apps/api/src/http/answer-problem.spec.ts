import { Logger, type LoggerService } from '@nestjs/common';
import fastify from 'fastify';
import { answerProblem } from './answer-problem';
import { Problem } from './problem';

const lines: string[] = [];
const note = (line: unknown): void => void lines.push(String(line));
const capturing: LoggerService = { log: note, error: note, warn: note };

test('what was foreseen fills no log, and what was not is logged without the query', async () => {
  Logger.overrideLogger(capturing);
  const server = fastify({ genReqId: () => 'req-7' });
  server.setErrorHandler(answerProblem);
  server.get('/busy', () => Promise.reject(new Problem('busy', 'Later.')));
  server.get('/broken/:name', () => Promise.reject(new Error('a wheel came off')));
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  expect((await fetch(`${url}/busy?q=quince`)).status).toBe(503);
  expect(lines).toEqual([]);
  const broken = await fetch(`${url}/broken/quince?q=quince`);
  const text = await broken.text();
  await server.close();
  expect([broken.status, JSON.parse(text)]).toMatchObject([500, { type: '/problems/internal', instance: 'req-7' }]);
  expect(text).not.toContain('wheel');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^req-7 GET \/broken\/:name: Error: a wheel came off/);
  expect(lines[0]).not.toContain('quince');
});
