import type { MailLanguage } from './brand-layout.js';

/** The built-in one-to-one mails. */
export type ServiceMailKind = 'confirmation' | 'confirmation_reminder' | 'resubscription' | 'address_verification';

/** What the wording of a mail depends on. Plain text: escaping is the renderer's work. */
export interface WordingContext {
  brand: string;
  /** The controller, where it is called differently than the brand. */
  controller: string;
  /** Number of lists, for singular and plural. */
  lists: number;
}

export interface ServiceMailWords {
  subject: string;
  heading: string;
  /** Before the names of the lists. */
  asks: string;
  /** Why the person gets this mail. */
  why: string;
  /** What the link does, and what the button behind it does. */
  how: string;
  button: string;
  ifNothing: string;
  notMe: string;
  notMeLink: string;
}

type Wording = (context: WordingContext) => ServiceMailWords;

const sender = ({ brand, controller }: WordingContext) => (controller === '' ? brand : `${brand} (${controller})`);

const english: Record<ServiceMailKind, Wording> = {
  confirmation: (context) => ({
    subject: `Please confirm your subscription to ${context.brand}`,
    heading: 'Is this subscription yours?',
    asks: `Someone signed this address up with ${sender(context)} for ${context.lists === 1 ? 'this list' : 'these lists'}:`,
    why: `You get this mail because the address was entered in a sign-up, and ${context.brand} only writes to people who say themselves that they want it.`,
    how: 'The link opens a page and changes nothing by itself. You are subscribed once you press the button on that page.',
    button: 'Open the confirmation page',
    ifNothing: 'If you do nothing, you are not subscribed.',
    notMe: 'Was this not you?',
    notMeLink: 'This was not me',
  }),
  confirmation_reminder: (context) => ({
    ...english.confirmation(context),
    subject: `Reminder: your subscription to ${context.brand} is not confirmed yet`,
    heading: 'Your subscription is not confirmed yet',
    asks: `This address was signed up with ${sender(context)} a while ago, and nobody has confirmed it yet. It is about ${context.lists === 1 ? 'this list' : 'these lists'}:`,
  }),
  resubscription: (context) => ({
    subject: `Do you want mail from ${context.brand} again?`,
    heading: 'Do you want to come back?',
    asks: `${sender(context)} was asked to let this address subscribe again, to ${context.lists === 1 ? 'this list' : 'these lists'}:`,
    why: `You get this mail because the data about you was erased earlier, and since then the address is blocked. Only you can lift that. Nothing that was erased comes back: a new entry starts with your address alone.`,
    how: 'The link opens a page and changes nothing by itself. You are subscribed once you press the button on that page.',
    button: 'Open the confirmation page',
    ifNothing: 'If you do nothing, the address stays blocked.',
    notMe: 'Did you not ask for this?',
    notMeLink: 'This was not me',
  }),
  address_verification: (context) => ({
    subject: `Is this address yours? ${context.brand} wants to send test mail here`,
    heading: 'Is this address yours?',
    asks: `${sender(context)} wants to send drafts of its mail to this address, to see how they look.`,
    why: 'You get this mail because someone who works there entered the address for test mail. It is not signed up for any list.',
    how: 'The link opens a page and changes nothing by itself. Test mail may be sent here once you press the button on that page.',
    button: 'Open the confirmation page',
    ifNothing: 'If you do nothing, no test mail is sent here.',
    notMe: 'Do you not know anything about this?',
    notMeLink: 'This was not me',
  }),
};

const swedish: Record<ServiceMailKind, Wording> = {
  confirmation: (context) => ({
    subject: `Bekräfta din prenumeration hos ${context.brand}`,
    heading: 'Är det du som vill prenumerera?',
    asks: `Någon har anmält den här adressen hos ${sender(context)} till ${context.lists === 1 ? 'den här listan' : 'de här listorna'}:`,
    why: `Du får det här mejlet för att adressen angavs vid en anmälan, och ${context.brand} skriver bara till den som själv säger ja.`,
    how: 'Länken öppnar en sida och ändrar inget i sig. Du prenumererar först när du trycker på knappen på sidan.',
    button: 'Öppna bekräftelsesidan',
    ifNothing: 'Om du inte gör något blir det ingen prenumeration.',
    notMe: 'Var det inte du?',
    notMeLink: 'Det var inte jag',
  }),
  confirmation_reminder: (context) => ({
    ...swedish.confirmation(context),
    subject: `Påminnelse: din prenumeration hos ${context.brand} är inte bekräftad än`,
    heading: 'Din prenumeration är inte bekräftad än',
    asks: `Den här adressen anmäldes för en tid sedan hos ${sender(context)}, och ingen har bekräftat än. Det gäller ${context.lists === 1 ? 'den här listan' : 'de här listorna'}:`,
  }),
  resubscription: (context) => ({
    subject: `Vill du ha mejl från ${context.brand} igen?`,
    heading: 'Vill du komma tillbaka?',
    asks: `${sender(context)} har blivit ombedd att låta den här adressen prenumerera igen, på ${context.lists === 1 ? 'den här listan' : 'de här listorna'}:`,
    why: 'Du får det här mejlet för att uppgifterna om dig raderades tidigare, och adressen är spärrad sedan dess. Bara du kan häva spärren. Inget som raderades kommer tillbaka: en ny post börjar med enbart din adress.',
    how: 'Länken öppnar en sida och ändrar inget i sig. Du prenumererar först när du trycker på knappen på sidan.',
    button: 'Öppna bekräftelsesidan',
    ifNothing: 'Om du inte gör något förblir adressen spärrad.',
    notMe: 'Har du inte bett om det här?',
    notMeLink: 'Det var inte jag',
  }),
  address_verification: (context) => ({
    subject: `Är det här din adress? ${context.brand} vill skicka testmejl hit`,
    heading: 'Är det här din adress?',
    asks: `${sender(context)} vill skicka utkast av sina mejl till den här adressen för att se hur de ser ut.`,
    why: 'Du får det här mejlet för att någon som arbetar där angav adressen för testmejl. Den är inte anmäld till någon lista.',
    how: 'Länken öppnar en sida och ändrar inget i sig. Testmejl får skickas hit först när du trycker på knappen på sidan.',
    button: 'Öppna bekräftelsesidan',
    ifNothing: 'Om du inte gör något skickas inga testmejl hit.',
    notMe: 'Känner du inte till det här?',
    notMeLink: 'Det var inte jag',
  }),
};

/** The wording of a service mail in a language. */
export function serviceMailWords(
  kind: ServiceMailKind,
  language: MailLanguage,
  context: WordingContext,
): ServiceMailWords {
  return (language === 'sv' ? swedish : english)[kind](context);
}
