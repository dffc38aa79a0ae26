import type { Channel, ConsentEventKind } from '../../../../libs/domain/consent.js';

/** Every sentence of the pages in English. Its shape is the shape of every other language (texts.ts). */
export const en = {
  quoted: (text: string) => `“${text}”`,
  opensInNewTab: '(opens in a new tab)',
  privacyNotice: 'Privacy notice',
  responsible: (controller: string) => `Controller (responsible for personal data): ${controller}`,

  form: {
    errorTitle: (title: string) => `Error: ${title}`,
    allRequired: 'Everything is required unless it is marked as optional.',
    optional: '(optional)',
    email: 'Email address',
    first_name: 'First name',
    last_name: 'Last name',
    leaveEmpty: 'Leave this field empty',
    permission: 'Your permission',
    purpose: 'What we use your details for',
    controller: 'Who is responsible for them (controller)',
    withdrawal: 'You can withdraw your permission at any time, for example with the link at the end of each mail.',
    problemsTitle: 'Please check the form',
    tickAgain: 'The boxes are empty again: tick what you agree to before you send the form.',
    problems: {
      email: {
        required: 'Enter your email address',
        invalid: 'Enter an email address in the form name@example.com',
        too_long: 'Enter a shorter email address',
      },
      first_name: {
        required: 'Enter your first name',
        invalid: 'Enter your first name with letters',
        too_long: 'Enter a shorter first name',
      },
      last_name: {
        required: 'Enter your last name',
        invalid: 'Enter your last name with letters',
        too_long: 'Enter a shorter last name',
      },
      consent: {
        required: 'Tick the box if you agree; we cannot sign you up without it',
        invalid: 'Tick the box if you agree; we cannot sign you up without it',
        too_long: 'Tick the box if you agree; we cannot sign you up without it',
      },
      tracking: {
        required: 'Tick the box, or leave it empty',
        invalid: 'Tick the box, or leave it empty',
        too_long: 'Tick the box, or leave it empty',
      },
      form: 'Something in the form could not be read. Please fill it in again.',
    },
  },

  received: {
    title: 'Thank you',
    next: 'If this address can be signed up, a confirmation mail is on its way.',
    press: 'Open that mail and confirm. No newsletter is sent before you have done so.',
    nothing: 'Has nothing arrived after some minutes? Look in your spam folder, and check that the address was right.',
  },

  confirm: {
    subscription: {
      title: 'Confirm your subscription',
      lead: (brand: string) => `You asked for mail from ${brand}. Please confirm that you want:`,
      button: 'Yes, I want this mail',
      after: 'You can unsubscribe at any time with the link at the end of each mail.',
    },
    resubscription: {
      title: 'Confirm that you want to come back',
      lead: (brand: string) =>
        `Your data was erased earlier, and this address has been blocked since then. If you confirm, ${brand} may send you:`,
      button: 'Yes, I want this mail again',
      after:
        'You start anew: only your address is kept from this request, nothing of what was erased comes back. You can unsubscribe at any time.',
    },
    test_address: {
      title: 'Confirm this address for test mail',
      lead: (brand: string) =>
        `Someone who works with ${brand} wants to send test mail to this address before it goes to others.`,
      button: 'Yes, send test mail here',
      after: 'Confirm only if this address is yours.',
    },
    notMe: 'This was not me',
  },

  confirmed: {
    subscription: {
      title: 'Your subscription is confirmed',
      lead: (brand: string) => `You now get this mail from ${brand}:`,
      after: 'You can close this page. Each mail has a link to unsubscribe.',
    },
    resubscription: {
      title: 'Welcome back',
      lead: (brand: string) => `You now get this mail from ${brand}:`,
      after: 'You can close this page. Each mail has a link to unsubscribe.',
    },
    test_address: {
      title: 'This address is confirmed',
      lead: (brand: string) => `Test mail from ${brand} may be sent to this address.`,
      after: 'You can close this page.',
    },
  },

  reject: {
    title: 'Was this not you?',
    lead: (brand: string) => `Someone gave your address to ${brand}. That may have been a slip of the keyboard.`,
    effect: 'Press the button to end the request. You will not be signed up by it, and no reminder is sent.',
    button: 'This was not me: end the request',
    otherwise: 'If it was you, close this page and go back to the mail.',
  },
  rejected: {
    title: 'The request is ended',
    lead: 'You will not be signed up by it, and no reminder is sent.',
    after: 'You can close this page.',
  },

  unsubscribe: {
    title: 'Unsubscribe',
    lead: (list: string, brand: string) => `Do you no longer want ${list} from ${brand}?`,
    one: (list: string) => `Unsubscribe from ${list}`,
    all: (controller: string) => `Unsubscribe from everything from ${controller}`,
    effect: 'It takes effect at once. Unsubscribing does not erase your data.',
  },
  unsubscribed: {
    title: 'You are unsubscribed',
    list: (list: string) => `You get no more mail from ${list}.`,
    all: (controller: string) => `You get no more newsletters or offers from ${controller}.`,
    oneToOne: 'A message about something you have ordered or asked for, such as a receipt, may still come.',
    dataStays: (controller: string) =>
      `Your data has not been erased: ${controller} keeps it for as long as its privacy notice says.`,
    erasureTitle: 'If you want your data erased',
    erasure: {
      byPost: (controller: string) => `You have the right to ask for that. Write to ${controller}:`,
      direct: (controller: string) => `You have the right to ask for that. Write to ${controller}.`,
    },
    erasureNotice: 'How to reach us with such a request is also described here:',
    again: 'Have you changed your mind? Sign up again in the same way as before.',
  },

  expired: {
    title: 'This link is no longer valid',
    lead: 'Links in our mail work for a limited time, and this one has run out. Nothing has been changed.',
    next: 'If you still want to sign up, fill in the form again and you will get a new mail.',
  },
  invalidLink: {
    title: 'This link does not work',
    lead: 'It may have been cut off in the mail. Nothing has been changed.',
    next: 'Open the mail again and press the link there, or copy the whole link into the address bar.',
  },
  tooMany: {
    title: 'Please wait a moment',
    lead: 'There have been many attempts in a short time. Try again in some minutes.',
  },
  error: {
    title: 'Something went wrong',
    lead: 'We could not do this just now. Please try again in some minutes.',
    code: 'Code:',
  },

  evidence: {
    title: 'Proof of consent',
    basis: 'Record under article 7(1) of the General Data Protection Regulation (EU) 2016/679.',
    subscriberId: 'SubscriberID',
    printedAt: 'Printed',
    count: 'Events',
    intact: 'The hash chain holds: each event follows from the one before it.',
    broken: 'The hash chain does not hold: what is stored does not match its hashes. Do not rely on this page.',
    caption: 'Consent events, oldest first',
    none: 'No consent event is recorded.',
    columns: { sequence: 'No.', time: 'Time', event: 'Event', wording: 'Wording shown', from: 'From', hash: 'Hash' },
    ip: (ip: string) => `IP ${ip}`,
    notRecorded: 'none recorded',
    reported: 'reported',
    reportedMeans:
      'An event marked “reported” was told to us by another system, without the IP address, the time and the wording being recorded here.',
    kinds: {
      requested: 'asked to be signed up',
      reported: 'sign-up reported by another system',
      imported: 'imported with the company’s evidence',
      confirmation_sent: 'confirmation message sent',
      confirmed: 'confirmed by the person',
      tracking_requested: 'box for tracking ticked',
      tracking_granted: 'consent to tracking given',
      tracking_withdrawn: 'consent to tracking withdrawn',
      unsubscribed: 'unsubscribed from the list',
      unsubscribed_all: 'unsubscribed from everything',
      expired: 'confirmation period ended without an answer',
      rejected: 'answered “this was not me”',
      objected: 'objected to direct marketing',
      objection_lifted: 'objection lifted by the person',
      restricted: 'processing restricted',
      restriction_lifted: 'restriction lifted',
      resubscription_confirmed: 'confirmed coming back after erasure',
    } satisfies Record<ConsentEventKind, string>,
    channels: { email: 'email', sms: 'SMS' } satisfies Record<Channel, string>,
  },
};

/** The sentences of the pages. A sentence that one language lacks, or has too many, does not compile. */
export type Texts = typeof en;
