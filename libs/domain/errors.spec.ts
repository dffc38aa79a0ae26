import { DomainError, type ErrorCode, errorCodes } from './errors.js';

test.each(Object.keys(errorCodes) as ErrorCode[])('%s is a refusal with an HTTP status and a title', (code) => {
  const error = new DomainError(code);
  expect(error.status).toBeGreaterThanOrEqual(400);
  expect(error.status).toBeLessThan(600);
  expect(error.title).toMatch(/^[A-Z].+[^.]$/);
  expect(error.message).toBe(code);
  expect(new DomainError(code, 'why').message).toBe(`${code}: why`);
});
