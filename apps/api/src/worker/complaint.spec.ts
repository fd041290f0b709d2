import { Complaint } from './complaint';

test('what goes on is said once; again when it is something else, or was over', () => {
  const said: string[] = [];
  const complaint = new Complaint('cannot:', (what, error) => said.push(`${what} ${(error as Error).message}`));
  const full = () => complaint.of(new Error('full'));
  for (let i = 0; i < 100; i++) full();
  complaint.of(new Error('gone'));
  full();
  full();
  complaint.over();
  full();
  expect(said).toEqual(['cannot: full', 'cannot: gone', 'cannot: full', 'cannot: full']);
});
