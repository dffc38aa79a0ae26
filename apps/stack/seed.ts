import type { Stack } from './stack.js';

/**
 * Puts an account to start with into a fresh stack.
 * @returns labelled values for the person at the terminal, such as an API key and a form's URL; there are none yet
 */
export async function seed(_stack: Stack): Promise<Array<[label: string, value: string]>> {
  return [];
}
