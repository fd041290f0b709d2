/** A UUID's text from its 32 digits. SQLite keeps the 16 bytes, and turns them into digits faster than Buffers do. */
export const dashed = (digits: string): string =>
  `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
