import { type Html, html } from './html.js';
import { type Language, type PageBrand, page, privacyNoticeLink } from './layout.js';
import { texts } from './texts.js';

/** What a form version stores of one language: the exact wording that evidence of consent refers to (GDPR art. 7(1)). */
export interface FormWording {
  title: string;
  intro: string;
  purpose: string;
  consentText: string;
  trackingText: string;
  submitLabel: string;
  controller: string;
  privacyNoticeUrl: string;
  /** The optional fields, in the order in which they are shown. */
  fields: Array<'first_name' | 'last_name'>;
}

export interface FormPage {
  brand: PageBrand;
  language: Language;
  /** Where the form posts `email`, `first_name`, `last_name`, `consent`, `tracking` and `honeypotField`; boxes post `yes`. */
  action: string;
  wording: FormWording;
  /** What was typed before, shown again. Boxes are never ticked from it. */
  values?: Record<string, string>;
  /**
   * What to correct, in the order of the form. Fields: the names that the form posts. Codes: `required`, `invalid`,
   * `too_long`; any other code of a known field reads as `invalid`, any other field as a problem of the whole form.
   */
  problems?: Array<{ field: string; code: string }>;
}

/** A field that people and assistive technology do not meet. Whoever fills it in is a program. */
export const honeypotField = 'subject';

const typedFields = {
  email: { type: 'email', autocomplete: 'email' },
  first_name: { type: 'text', autocomplete: 'given-name' },
  last_name: { type: 'text', autocomplete: 'family-name' },
} as const;

type TypedField = keyof typeof typedFields;
type FormField = TypedField | 'consent' | 'tracking';

interface ShownProblem {
  field: FormField | undefined;
  text: string;
}

function describeProblem(language: Language, problem: { field: string; code: string }): ShownProblem {
  const { form, ...fields } = texts[language].form.problems;
  if (!Object.hasOwn(fields, problem.field)) return { field: undefined, text: form };
  const field = problem.field as FormField;
  const sentences: Record<string, string> = fields[field];
  const code = Object.hasOwn(sentences, problem.code) ? problem.code : 'invalid';
  return { field, text: sentences[code]! };
}

function problemSummary(language: Language, problems: ShownProblem[]): Html | false {
  const { problemsTitle, tickAgain } = texts[language].form;
  return (
    problems.length > 0 &&
    html`<div class="problems" role="alert">
<h2>${problemsTitle}</h2>
<ul>${problems.map(({ field, text }) => html`<li>${field ? html`<a href="#${field}">${text}</a>` : text}</li>`)}</ul>
<p>${tickAgain}</p>
</div>`
  );
}

function problemText(field: FormField, problem: ShownProblem | undefined): Html | undefined {
  return problem && html`<p class="problem" id="${field}-problem">${problem.text}</p>`;
}

function typedField(language: Language, field: TypedField, value: string, problem: ShownProblem | undefined): Html {
  const words = texts[language].form;
  const { type, autocomplete } = typedFields[field];
  const required = field === 'email';
  return html`<div class="field">
<label for="${field}">${words[field]}${!required && html` <span class="optional">${words.optional}</span>`}</label>
${problemText(field, problem)}
<input id="${field}" name="${field}" type="${type}" autocomplete="${autocomplete}" value="${value}"${
    required && html` required`
  }${problem && html` aria-invalid="true" aria-describedby="${field}-problem"`}>
</div>`;
}

function box(field: 'consent' | 'tracking', label: Html, problem: ShownProblem | undefined): Html {
  const describedBy = problem ? `${field}-problem permission-facts` : 'permission-facts';
  return html`<div class="box">
${problemText(field, problem)}
<label><input id="${field}" name="${field}" type="checkbox" value="yes" aria-describedby="${describedBy}"${
    field === 'consent' && html` required`
  }${problem && html` aria-invalid="true"`}><span>${label}</span></label>
</div>`;
}

/**
 * The sign-up form. Consent and tracking are two boxes, and neither is ever ticked beforehand (GDPR art. 4(11) and
 * recital 32; ePrivacy directive art. 5(3)). The browser's own checks are off: they refuse international addresses and
 * speak the browser's language; the server's answer says what to correct.
 */
export function formPage({ brand, language, action, wording, values = {}, problems = [] }: FormPage): string {
  const words = texts[language].form;
  const shown = problems.map((problem) => describeProblem(language, problem));
  const problemOf = (field: FormField) => shown.find((problem) => problem.field === field);
  const typed = (field: TypedField) => (Object.hasOwn(values, field) ? values[field]! : '');
  return page({
    language,
    brand,
    title: shown.length > 0 ? words.errorTitle(wording.title) : wording.title,
    content: html`<h1>${wording.title}</h1>
${problemSummary(language, shown)}
${wording.intro && html`<p class="multiline">${wording.intro}</p>`}
<form method="post" action="${action}" novalidate>
<p class="quiet">${words.allRequired}</p>
${(['email', ...wording.fields] as const).map((field) => typedField(language, field, typed(field), problemOf(field)))}
<div class="leave-empty" aria-hidden="true">
<label for="${honeypotField}">${words.leaveEmpty}</label>
<input id="${honeypotField}" name="${honeypotField}" type="text" tabindex="-1" autocomplete="off">
</div>
<fieldset class="permission">
<legend>${words.permission}</legend>
<div class="facts" id="permission-facts">
<dl>
<dt>${words.purpose}</dt><dd class="multiline">${wording.purpose}</dd>
<dt>${words.controller}</dt><dd class="multiline">${wording.controller}</dd>
</dl>
<p>${words.withdrawal}</p>
</div>
<p>${privacyNoticeLink(language, wording.privacyNoticeUrl)}</p>
${box('consent', html`${wording.consentText}`, problemOf('consent'))}
${box('tracking', html`${wording.trackingText} <span class="optional">${words.optional}</span>`, problemOf('tracking'))}
</fieldset>
<button type="submit">${wording.submitLabel}</button>
</form>`,
  });
}

export interface SignUpReceivedPage {
  brand: PageBrand;
  language: Language;
}

/** The answer to every sign-up. It takes nothing of the sign-up, so it cannot tell one address from another (P8). */
export function signUpReceivedPage({ brand, language }: SignUpReceivedPage): string {
  const words = texts[language].received;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.next}</p>
<p>${words.press}</p>
<p class="quiet">${words.nothing}</p>`,
  });
}
