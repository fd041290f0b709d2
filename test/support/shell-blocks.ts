/** A block of commands of a page, and what the page says that they print. */
export interface ShellBlock {
  readonly heading: string;
  readonly commands: string;
  /** The lines after `#> `; `…` stands for anything. */
  readonly prints: readonly string[];
}

export const shellBlocks = (page: string): ShellBlock[] =>
  [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(({ 1: text, index }) => {
    const lines = text!.split('\n');
    const printed = (line: string): boolean => line.startsWith('#> ');
    return {
      heading: page
        .slice(0, index)
        .match(/^##? .*$/gm)!
        .at(-1)!,
      commands: lines.filter((line) => !printed(line)).join('\n'),
      prints: lines.filter(printed).map((line) => line.slice('#> '.length)),
    };
  });

/** Of a whole line that a page says is printed. */
export const pattern = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split('…')
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  );
