/** Settles as the promise does, or rejects after the time; how the promise settles later is ignored. */
export async function deadline<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  using _timer = setTimeout(() => reject(new Error(`no answer to the ${what} within ${timeoutMs} ms`)), timeoutMs);
  return await Promise.race([promise, late]);
}
