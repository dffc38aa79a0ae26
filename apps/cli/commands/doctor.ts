import type { Command } from '../command.js';
import { examine } from '../doctor/checks.js';

export const doctor: Command = {
  name: 'doctor',
  summary:
    'Check this set-up: environment, databases, roles, keys, Temporal, relay, clocks. Exit 1 if something failed.',
  options: [{ name: 'json', value: '', flag: true, summary: 'One JSON object instead of lines' }],
  async run(options) {
    const findings = await examine();
    const failures = findings.filter(({ result }) => result === 'failed').length;
    if (options.json !== undefined) console.log(JSON.stringify({ healthy: failures === 0, findings }));
    else {
      for (const { check, result, found, todo } of findings) {
        console.log(`${result.padEnd(7)}  ${check}: ${found}${todo ? `. ${todo}.` : ''}`);
      }
    }
    return failures === 0 ? 0 : 1;
  },
};
