import { DomainError } from '../domain/errors.js';
import { describeError } from './log.js';

const address = 'anna.lind@example.org';

function thrown(error: Error): Error {
  try {
    throw error;
  } catch (caught) {
    return caught as Error;
  }
}

describe('what a log line says of an error', () => {
  test('is its class, its code and where it happened', () => {
    const error = Object.assign(new RangeError('out of range'), { code: 'ERR_OUT_OF_RANGE' });
    const fields = describeError(thrown(error));
    expect(fields.error).toBe('RangeError');
    expect(fields.code).toBe('ERR_OUT_OF_RANGE');
    expect(fields.at).toContain('log.spec.ts');
  });

  test('names the code of a refusal', () => {
    expect(describeError(new DomainError('address_blocked')).code).toBe('address_blocked');
  });

  test('keeps the number that a mail server answered with', () => {
    expect(describeError(Object.assign(new Error('refused'), { code: 550 })).code).toBe(550);
  });

  test.each([
    ['in the message', new Error(`550 5.1.1 <${address}>: user unknown`)],
    ['on a line of its own in the message', new Error(`Invalid value:\n  ${address}\nin query`)],
    ['in a message that looks like a stack', new Error(`refused\n    at ${address}\n    at work`)],
    ['in the cause', new Error('it failed', { cause: new Error(address) })],
    ['in fields of its own', Object.assign(new Error('it failed'), { recipient: address, rejected: [address] })],
    ['in a code that is a sentence', Object.assign(new Error('it failed'), { code: `refused by ${address}` })],
    ['in its name', Object.assign(new Error('it failed'), { name: address })],
    ['in a code that is none', Object.assign(new Error('it failed'), { code: { address } })],
  ])('never repeats an address %s', (_where, error) => {
    expect(JSON.stringify(describeError(thrown(error)))).not.toContain(address);
  });

  test.each([
    ['a string', address, 'string'],
    ['an object', { address }, 'object'],
    ['nothing', undefined, 'undefined'],
  ])('names only the type of %s that was thrown', (_what, value, type) => {
    expect(describeError(value)).toEqual({ error: type });
  });
});
