/** How the databases' drivers say that they cannot be reached: Prisma, node-postgres, the operating system, PostgreSQL. */
const unavailableCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08001',
  '08003',
  '08006',
]);
const unavailableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

interface DriverError {
  code?: unknown;
  cause?: unknown;
  kind?: unknown;
  originalCode?: unknown;
  meta?: { driverAdapterError?: unknown };
  message?: unknown;
}

/** Whether an error means that a database could not be reached, so that the same request may work later. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (error === null || typeof error !== 'object' || depth > 4) return false;
  const { code, cause, kind, originalCode, meta, message } = error as DriverError;
  return (
    unavailableCodes.has(String(code)) ||
    unavailableCodes.has(String(originalCode)) ||
    unavailableKinds.has(String(kind)) ||
    // node-postgres gives this one no code.
    /^Connection terminated/.test(String(message)) ||
    isUnavailable(cause, depth + 1) ||
    isUnavailable(meta?.driverAdapterError, depth + 1)
  );
}
