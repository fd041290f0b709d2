import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts a file in the place of another, or of none: after a power cut one of the two is there, whole. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  // The folder is flushed too: it holds the name.
  const folder = openSync(dirname(to), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Writes a text to a file, durably, all or nothing. */
export function writeDurably(file: string, text: string, mode: number): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  const descriptor = openSync(part, 'wx', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  moveDurably(part, file);
}
