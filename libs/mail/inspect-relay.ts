import { createTransport } from 'nodemailer';

/**
 * Connects to a relay, says EHLO and signs in where the URL has credentials. Nothing is sent.
 * @returns undefined where all that works, otherwise a code such as ECONNREFUSED, EAUTH or the reply's number
 */
export async function relayProblem(url: string, timeoutMs: number): Promise<string | undefined> {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  try {
    await transport.verify();
    return undefined;
  } catch (error) {
    // The message of the reply may repeat the credentials' name.
    const { code, originalCode, responseCode } = error as {
      code?: string;
      /** The system's own, where nodemailer has one for several. */
      originalCode?: string;
      responseCode?: number;
    };
    return String(responseCode ?? originalCode ?? code ?? 'no answer');
  } finally {
    transport.close();
  }
}
