import { Deviation } from './deviation.js';

export interface ApiAnswer {
  status: number;
  etag: string | null;
  // Answers are read as a caller of an HTTP API reads them: by their documented names.
  // biome-ignore lint/suspicious/noExplicitAny: the demo checks the values that it uses.
  body: any;
}

/** The public HTTP API, as a marketer's program calls it. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly secret: string | Promise<string>,
  ) {}

  withKey(secret: string): ApiClient {
    return new ApiClient(this.baseUrl, secret);
  }

  /** Sends a request and returns whatever is answered. Objects go as JSON, strings as CSV. */
  async send(
    method: string,
    path: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.secret}`,
        ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, etag: response.headers.get('etag'), body: isJson ? JSON.parse(text) : text };
  }

  /** @throws Deviation when the answer is not 2xx */
  async ok(
    method: string,
    path: string,
    body?: object | string,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer['body']> {
    const answer = await this.send(method, path, body, headers);
    if (answer.status >= 300) {
      const problem = [answer.body?.code, answer.body?.detail, JSON.stringify(answer.body?.problems ?? [])].join(' ');
      throw new Deviation(`${method} ${path} answered ${answer.status} ${problem}`);
    }
    return answer.body;
  }

  /** Every item of a paginated list. */
  async all(path: string): Promise<ApiAnswer['body'][]> {
    const items: ApiAnswer['body'][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const separator = path.includes('?') ? '&' : '?';
      const page: ApiAnswer['body'] = await this.ok(
        'GET',
        `${path}${separator}limit=100${cursor ? `&cursor=${cursor}` : ''}`,
      );
      items.push(...page.data);
      cursor = page.next_cursor;
    }
    return items;
  }
}
