import { InvalidArgumentError } from 'commander';

/** Parses the value of an option: one or more, separated by commas. @param hint says what such values are */
export const commaSeparated =
  <T extends string>(isOne: (text: string) => text is T, hint: string) =>
  (text: string): T[] => {
    const values = text.split(',').map((value) => value.trim());
    if (values.every(isOne)) return values;
    throw new InvalidArgumentError(`${hint}, separated by commas.`);
  };
