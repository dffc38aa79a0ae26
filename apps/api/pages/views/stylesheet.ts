import { palette } from './palette.js';

function variables(colors: Record<keyof typeof palette.light, string>): string {
  return `--page: ${colors.page}; --card: ${colors.card}; --text: ${colors.text}; --quiet: ${colors.quiet};
  --line: ${colors.line}; --field-line: ${colors.fieldLine}; --alert: ${colors.alert};
  --alert-ground: ${colors.alertGround}; --brand-text: ${colors.brand};`;
}

/** Where `stylesheet` is served. */
export const stylesheetPath = '/assets/pages.css';

/**
 * The style of all pages. A brand adds only its colour (`brandStylesheet`). Pages carry no style or script of their own,
 * so `style-src 'self'` is enough as a content security policy.
 */
export const stylesheet = `:root {
  color-scheme: light dark;
  --brand: ${palette.light.brand}; --on-brand: #ffffff;
  ${variables(palette.light)}
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${variables(palette.dark)} }
}

*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
.page { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.page-wide { max-width: 82rem; }

.masthead { padding: 0 0.25rem 1rem; }
.brand-name { margin: 0; font-size: 1.125rem; font-weight: 650; letter-spacing: -0.005em; color: var(--brand-text); }

.card {
  padding: 1.75rem 1.25rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-top: 4px solid var(--brand);
  border-radius: 0.75rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 5%);
}
.card > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 1rem; font-size: 1.625rem; font-weight: 700; line-height: 1.25; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1.0625rem; line-height: 1.4; }
p, ul, dl { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
li { margin: 0.25rem 0; }
.multiline { white-space: pre-line; }
.quiet { color: var(--quiet); font-size: 0.9375rem; }
.chosen { font-weight: 600; }

a { color: var(--brand-text); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--brand-text); outline-offset: 3px; border-radius: 0.25rem; }

form { margin: 1.5rem 0 1rem; }
.field { margin: 0 0 1.25rem; }
.field label { display: block; margin-bottom: 0.375rem; font-weight: 600; }
.optional { font-weight: 400; color: var(--quiet); }
.field input {
  display: block;
  width: 100%;
  min-height: 2.875rem;
  padding: 0.5rem 0.75rem;
  color: var(--text);
  background: var(--card);
  border: 1px solid var(--field-line);
  border-radius: 0.5rem;
  font: inherit;
}
.field input:focus-visible { outline-offset: 1px; border-radius: 0.5rem; }
.field input[aria-invalid="true"] { border: 2px solid var(--alert); }
.problem { margin: 0 0 0.375rem; color: var(--alert); font-weight: 600; font-size: 0.9375rem; }
/* A trap for programs that fill in every field they find. */
.leave-empty { display: none; }

.permission { min-width: 0; margin: 1.75rem 0 1.5rem; padding: 1.5rem 0 0; border: 0; border-top: 1px solid var(--line); }
.permission legend { float: left; width: 100%; margin: 0 0 0.75rem; padding: 0; font-weight: 700; font-size: 1.0625rem; }
.permission legend + * { clear: both; }
.facts { color: var(--quiet); font-size: 0.9375rem; }
.facts dt { font-weight: 600; color: var(--text); }
.facts dd { margin: 0 0 0.625rem; }
.box { margin: 0 0 0.5rem; }
.box label { display: flex; gap: 0.75rem; align-items: flex-start; min-height: 2.75rem; padding: 0.625rem 0; cursor: pointer; }
.box label > span { min-width: 0; }
.box input { flex: none; width: 1.5rem; height: 1.5rem; margin: 0.0625rem 0 0; accent-color: var(--brand-text); cursor: pointer; }

.problems {
  margin: 0 0 1.5rem;
  padding: 1rem 1.125rem;
  color: var(--text);
  background: var(--alert-ground);
  border: 1px solid var(--alert);
  border-left-width: 5px;
  border-radius: 0.5rem;
}
.problems h2 { margin-top: 0; color: var(--alert); }
.problems a { display: inline-block; padding: 0.625rem 0; color: var(--alert); font-weight: 600; }
.problems ul { margin: 0; padding: 0; list-style: none; }
.problems li { margin: 0; }
.problems p { margin: 0.25rem 0 0; font-size: 0.9375rem; }

button {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: 0.625rem 1.25rem;
  color: var(--on-brand);
  background: var(--brand);
  border: 2px solid var(--brand-text);
  border-radius: 0.5rem;
  font: inherit;
  font-weight: 650;
  line-height: 1.4;
  overflow-wrap: anywhere;
  cursor: pointer;
}
button:hover { box-shadow: 0 0 0 2px var(--card), 0 0 0 4px var(--brand-text); }
button:focus-visible { border-radius: 0.5rem; }
button + button { margin-top: 0.875rem; }
button.second { color: var(--text); background: transparent; border-color: var(--field-line); }
.way-out, .privacy-notice { display: inline-block; padding: 0.75rem 0; }

.colophon { padding: 1.5rem 0.25rem 0; color: var(--quiet); font-size: 0.875rem; line-height: 1.55; }
.colophon p, .colophon address { margin: 0 0 0.25rem; font-style: normal; }

@media (min-width: 36rem) {
  .page { padding-top: 4rem; }
  .page-wide { padding-top: 2rem; }
  .card { padding: 2.5rem; }
}

.verdict { padding: 0.875rem 1.125rem; border: 1px solid var(--line); border-left: 5px solid var(--field-line); border-radius: 0.5rem; }
.verdict-broken { color: var(--alert); background: var(--alert-ground); border-color: var(--alert); font-weight: 600; }
.particulars { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: 0.25rem 1.5rem; }
.particulars dt { color: var(--quiet); }
.particulars dd { margin: 0; }
.scroll { margin: 1.5rem 0 1rem; overflow-x: auto; }
table { width: 100%; min-width: 60rem; border-collapse: collapse; font-size: 0.875rem; line-height: 1.5; }
caption { padding-bottom: 0.75rem; text-align: left; font-weight: 700; font-size: 1.0625rem; }
th, td { padding: 0.625rem 0.75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; border-bottom: 2px solid var(--field-line); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.time { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.wording { min-width: 16rem; white-space: pre-line; }
td.from { min-width: 11rem; }
td p { margin: 0; }
td .quiet { font-size: inherit; }
td.event { min-width: 12rem; }
td .mark { display: inline-block; margin-top: 0.25rem; padding: 0 0.5rem; border: 1px solid var(--field-line); border-radius: 1rem; font-size: 0.8125rem; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.8125em; overflow-wrap: anywhere; }
td.hash { min-width: 9rem; }

@page evidence { size: A4 landscape; margin: 12mm; }
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 10pt; }
  .page { max-width: none; margin: 0; padding: 0; }
  .page-wide { page: evidence; }
  .card { padding: 0; border: 0; box-shadow: none; }
  .scroll { overflow: visible; }
  table { min-width: 0; font-size: 8pt; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  td.event, td.wording, td.from, td.hash { min-width: 0; }
  form, .way-out { display: none; }
}
`;
