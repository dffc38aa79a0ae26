import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { type Browser, type BrowserContext, chromium, type Page, type Response } from 'playwright-core';

/** Where Debian's package puts it. */
const executablePath = '/usr/bin/chromium';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    // These concern the taste of whoever writes HTML by hand, and titles that customers choose.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'doctype-style': 'off',
    'require-sri': ['error', { target: 'crossorigin' }],
    'prefer-native-element': ['error', { exclude: ['region'] }],
  },
});

interface Measurements {
  language: string;
  width: number;
  cut: string[];
  small: number;
  styled: boolean;
}

/** Runs in the page. Text counts as cut off where it is wider than its own box and the person cannot scroll there. */
const measurements = `({
  language: document.documentElement.lang,
  width: document.documentElement.scrollWidth,
  cut: [...document.querySelectorAll('h1, h2, p, label, button, li, dd, dt, a')]
    .filter((element) => !element.closest('.scroll') && getComputedStyle(element).display !== 'inline')
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.tagName.toLowerCase()),
  small: [...document.querySelectorAll('button, input:not([type="checkbox"])')]
    .map((element) => element.getBoundingClientRect())
    .filter(({ width, height }) => width > 0 && height < 44).length,
  styled: getComputedStyle(document.body).margin === '0px',
})`;

/**
 * Chromium with a new profile, which asks nobody for updates.
 * @throws Error where it is not installed
 */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page as the browser got it. */
export interface MetPage {
  status: number;
  url: string;
  html: string;
}

export interface Surroundings {
  language: 'en' | 'sv';
  /** In CSS pixels. */
  width: number;
  colors: 'light' | 'dark';
  /** Whether axe looks at each page, which takes a second. */
  withAxe: boolean;
}

const locales = { en: 'en-GB', sv: 'sv-SE' };

/** One person at one screen, whose browser runs no script. */
export class Visit {
  #last: Response | undefined;

  private constructor(
    private readonly context: BrowserContext,
    /** Runs scripts, against the content security policy of the pages: for axe alone. */
    private readonly examining: Page,
    private readonly page: Page,
    readonly surroundings: Surroundings,
  ) {
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) this.#last = response;
    });
  }

  static async begin(browser: Browser, surroundings: Surroundings): Promise<Visit> {
    const screen = {
      locale: locales[surroundings.language],
      colorScheme: surroundings.colors,
      viewport: { width: surroundings.width, height: 780 },
    };
    const context = await browser.newContext({ ...screen, javaScriptEnabled: false });
    const examining = await browser.newContext({ ...screen, bypassCSP: true });
    return new Visit(context, await examining.newPage(), await context.newPage(), surroundings);
  }

  async open(url: string, headers: Record<string, string> = {}): Promise<MetPage> {
    await this.page.setExtraHTTPHeaders(headers);
    await this.page.goto(url);
    return this.met();
  }

  async fill(name: string, text: string): Promise<void> {
    await this.page.fill(`input[name="${name}"]`, text);
  }

  async tick(name: string): Promise<void> {
    await this.page.check(`input[name="${name}"]`);
  }

  /** Presses a button, or follows a link, and gives the page that it leads to. */
  async press(selector: string): Promise<MetPage> {
    this.#last = undefined;
    await Promise.all([this.page.waitForEvent('load'), this.page.click(selector)]);
    return this.met();
  }

  private async met(): Promise<MetPage> {
    const response = this.#last;
    if (!response) throw new Error('The browser has met no page.');
    return { status: response.status(), url: response.url(), html: await response.text() };
  }

  /** Shows a page that the server would send, at its address: for pages that a spec cannot cause. */
  async show(url: string, html: string): Promise<MetPage> {
    await this.context.route(url, (route) => route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }));
    await this.page.goto(url);
    return { status: 200, url, html };
  }

  /** What is wrong with the page at hand; nothing where all is well. */
  async faults(met: MetPage): Promise<string[]> {
    const { language, width } = this.surroundings;
    const shown = await this.page.evaluate<Measurements>(measurements);
    const faults = validator
      .validateStringSync(met.html)
      .results.flatMap(({ messages }) =>
        messages.map(({ line, message, ruleId }) => `${line}: ${message} (${ruleId})`),
      );
    if (shown.language !== language) faults.push(`is in the language ${shown.language}`);
    if (shown.width > width) faults.push(`is ${shown.width} px wide on a screen of ${width} px`);
    if (shown.cut.length > 0) faults.push(`cuts off the text of ${shown.cut.join(', ')}`);
    if (shown.small > 0) faults.push(`has ${shown.small} buttons or fields less than 44 px high`);
    if (!shown.styled) faults.push('has no style');
    if (!this.surroundings.withAxe) return faults;
    return [...faults, ...(await this.accessibilityFaults(met))];
  }

  /** The same document in a browser that runs scripts. The colours are those that the visit was begun with. */
  private async accessibilityFaults({ url, html }: MetPage): Promise<string[]> {
    const page = this.examining;
    await page.route(url, (route) => route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }));
    await page.goto(url);
    await page.unroute(url);
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
      return (await axe.run({ resultTypes: ['violations'] })).violations;
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `axe: ${id} at ${node.target.join(' ')}`));
  }

  async end(): Promise<void> {
    await this.context.close();
    await this.examining.context().close();
  }
}

interface Violation {
  id: string;
  impact: string;
  nodes: Array<{ target: string[] }>;
}
