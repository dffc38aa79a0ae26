import type { Texts } from './texts.en.js';

/** Every sentence of the pages in Swedish. */
export const sv: Texts = {
  quoted: (text) => `”${text}”`,
  opensInNewTab: '(öppnas i en ny flik)',
  privacyNotice: 'Integritetspolicy',
  responsible: (controller) => `Personuppgiftsansvarig: ${controller}`,

  form: {
    errorTitle: (title) => `Fel: ${title}`,
    allRequired: 'Allt är obligatoriskt om det inte är markerat som valfritt.',
    optional: '(valfritt)',
    email: 'E-postadress',
    first_name: 'Förnamn',
    last_name: 'Efternamn',
    leaveEmpty: 'Lämna det här fältet tomt',
    permission: 'Ditt samtycke',
    purpose: 'Vad vi använder dina uppgifter till',
    controller: 'Vem som ansvarar för dem (personuppgiftsansvarig)',
    withdrawal: 'Du kan när som helst återkalla ditt samtycke, till exempel med länken längst ned i varje mejl.',
    problemsTitle: 'Kontrollera formuläret',
    tickAgain: 'Rutorna är tomma igen: kryssa i det du samtycker till innan du skickar formuläret.',
    problems: {
      email: {
        required: 'Ange din e-postadress',
        invalid: 'Ange en e-postadress på formen namn@example.com',
        too_long: 'Ange en kortare e-postadress',
      },
      first_name: {
        required: 'Ange ditt förnamn',
        invalid: 'Ange ditt förnamn med bokstäver',
        too_long: 'Ange ett kortare förnamn',
      },
      last_name: {
        required: 'Ange ditt efternamn',
        invalid: 'Ange ditt efternamn med bokstäver',
        too_long: 'Ange ett kortare efternamn',
      },
      consent: {
        required: 'Kryssa i rutan om du samtycker, annars kan vi inte anmäla dig',
        invalid: 'Kryssa i rutan om du samtycker, annars kan vi inte anmäla dig',
        too_long: 'Kryssa i rutan om du samtycker, annars kan vi inte anmäla dig',
      },
      tracking: {
        required: 'Kryssa i rutan eller lämna den tom',
        invalid: 'Kryssa i rutan eller lämna den tom',
        too_long: 'Kryssa i rutan eller lämna den tom',
      },
      form: 'Något i formuläret gick inte att läsa. Fyll i det igen.',
    },
  },

  received: {
    title: 'Tack',
    next: 'Om adressen kan anmälas är ett bekräftelsemejl på väg.',
    press: 'Öppna mejlet och bekräfta. Inget nyhetsbrev skickas innan du har gjort det.',
    nothing: 'Har inget kommit efter några minuter? Titta i skräpposten och kontrollera att adressen var rätt.',
  },

  confirm: {
    subscription: {
      title: 'Bekräfta din prenumeration',
      lead: (brand) => `Du har bett om mejl från ${brand}. Bekräfta att du vill ha:`,
      button: 'Ja, jag vill ha de här mejlen',
      after: 'Du kan när som helst avsluta prenumerationen med länken längst ned i varje mejl.',
    },
    resubscription: {
      title: 'Bekräfta att du vill komma tillbaka',
      lead: (brand) =>
        `Dina uppgifter har tidigare raderats och adressen har varit spärrad sedan dess. Om du bekräftar får ${brand} skicka dig:`,
      button: 'Ja, jag vill ha de här mejlen igen',
      after:
        'Du börjar om från början: bara din adress sparas från den här begäran, inget av det som raderades kommer tillbaka. Du kan när som helst avsluta prenumerationen.',
    },
    test_address: {
      title: 'Bekräfta adressen för testmejl',
      lead: (brand) =>
        `Någon som arbetar med ${brand} vill skicka testmejl till den här adressen innan mejlen går ut till andra.`,
      button: 'Ja, skicka testmejl hit',
      after: 'Bekräfta bara om adressen är din.',
    },
    notMe: 'Det var inte jag',
  },

  confirmed: {
    subscription: {
      title: 'Din prenumeration är bekräftad',
      lead: (brand) => `Du får nu de här mejlen från ${brand}:`,
      after: 'Du kan stänga sidan. I varje mejl finns en länk för att avsluta prenumerationen.',
    },
    resubscription: {
      title: 'Välkommen tillbaka',
      lead: (brand) => `Du får nu de här mejlen från ${brand}:`,
      after: 'Du kan stänga sidan. I varje mejl finns en länk för att avsluta prenumerationen.',
    },
    test_address: {
      title: 'Adressen är bekräftad',
      lead: (brand) => `Testmejl från ${brand} får skickas till den här adressen.`,
      after: 'Du kan stänga sidan.',
    },
  },

  reject: {
    title: 'Var det inte du?',
    lead: (brand) => `Någon har lämnat din adress till ${brand}. Det kan ha varit ett skrivfel.`,
    effect: 'Tryck på knappen för att avsluta begäran. Du blir inte anmäld genom den och ingen påminnelse skickas.',
    button: 'Det var inte jag: avsluta begäran',
    otherwise: 'Om det var du kan du stänga sidan och gå tillbaka till mejlet.',
  },
  rejected: {
    title: 'Begäran är avslutad',
    lead: 'Du blir inte anmäld genom den och ingen påminnelse skickas.',
    after: 'Du kan stänga sidan.',
  },

  unsubscribe: {
    title: 'Avsluta prenumerationen',
    lead: (list, brand) => `Vill du inte längre ha ${list} från ${brand}?`,
    one: (list) => `Avsluta ${list}`,
    all: (controller) => `Avsluta alla utskick från ${controller}`,
    effect: 'Det gäller genast. Dina uppgifter raderas inte av att du avslutar prenumerationen.',
  },
  unsubscribed: {
    title: 'Prenumerationen är avslutad',
    list: (list) => `Du får inga fler mejl från ${list}.`,
    all: (controller) => `Du får inga fler nyhetsbrev eller erbjudanden från ${controller}.`,
    oneToOne: 'Ett meddelande om något du har beställt eller bett om, till exempel ett kvitto, kan fortfarande komma.',
    dataStays: (controller) =>
      `Dina uppgifter har inte raderats: ${controller} sparar dem så länge som integritetspolicyn anger.`,
    erasureTitle: 'Om du vill att dina uppgifter raderas',
    erasure: {
      byPost: (controller) => `Du har rätt att begära det. Skriv till ${controller}:`,
      direct: (controller) => `Du har rätt att begära det. Skriv till ${controller}.`,
    },
    erasureNotice: 'Hur du når oss med en sådan begäran beskrivs också här:',
    again: 'Har du ändrat dig? Anmäl dig igen på samma sätt som tidigare.',
  },

  expired: {
    title: 'Länken gäller inte längre',
    lead: 'Länkarna i våra mejl gäller under en begränsad tid, och den här har gått ut. Inget har ändrats.',
    next: 'Om du fortfarande vill anmäla dig fyller du i formuläret igen, så får du ett nytt mejl.',
  },
  invalidLink: {
    title: 'Länken fungerar inte',
    lead: 'Den kan ha kapats i mejlet. Inget har ändrats.',
    next: 'Öppna mejlet igen och tryck på länken där, eller kopiera hela länken till adressfältet.',
  },
  tooMany: {
    title: 'Vänta en stund',
    lead: 'Det har gjorts många försök på kort tid. Försök igen om några minuter.',
  },
  error: {
    title: 'Något gick fel',
    lead: 'Vi kunde inte göra det här just nu. Försök igen om några minuter.',
    code: 'Kod:',
  },

  evidence: {
    title: 'Bevis på samtycke',
    basis: 'Uppgifter enligt artikel 7.1 i dataskyddsförordningen (EU) 2016/679.',
    subscriberId: 'SubscriberID',
    printedAt: 'Utskrivet',
    count: 'Händelser',
    intact: 'Hashkedjan håller: varje händelse följer av den föregående.',
    broken: 'Hashkedjan håller inte: det som är lagrat stämmer inte med hashvärdena. Lita inte på den här sidan.',
    caption: 'Samtyckeshändelser, äldst först',
    none: 'Ingen samtyckeshändelse finns registrerad.',
    columns: {
      sequence: 'Nr',
      time: 'Tid',
      event: 'Händelse',
      wording: 'Text som visades',
      from: 'Från',
      hash: 'Hash',
    },
    ip: (ip) => `IP ${ip}`,
    notRecorded: 'inget registrerat',
    reported: 'rapporterad',
    reportedMeans:
      'En händelse som är markerad ”rapporterad” har meddelats av ett annat system, utan att IP-adressen, tiden och texten har registrerats här.',
    kinds: {
      requested: 'bad om att bli anmäld',
      reported: 'anmälan rapporterad av ett annat system',
      imported: 'importerad med företagets bevis',
      confirmation_sent: 'bekräftelsemeddelande skickat',
      confirmed: 'bekräftat av personen',
      tracking_requested: 'rutan för spårning ikryssad',
      tracking_granted: 'samtycke till spårning lämnat',
      tracking_withdrawn: 'samtycke till spårning återkallat',
      unsubscribed: 'prenumerationen på listan avslutad',
      unsubscribed_all: 'alla prenumerationer avslutade',
      expired: 'tiden för bekräftelse gick ut utan svar',
      rejected: 'svarade ”det var inte jag”',
      objected: 'invände mot direkt marknadsföring',
      objection_lifted: 'invändningen upphävd av personen',
      restricted: 'behandlingen begränsad',
      restriction_lifted: 'begränsningen upphävd',
      resubscription_confirmed: 'bekräftade återkomst efter radering',
    },
    channels: { email: 'e-post', sms: 'sms' },
  },
};
