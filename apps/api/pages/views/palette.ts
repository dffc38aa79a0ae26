/**
 * The colours that do not depend on the brand. Both stylesheets and the contrast test read them here. `card` and `page`
 * are the two grounds that text stands on.
 */
export const palette = {
  light: {
    page: '#f3f4f6',
    card: '#ffffff',
    text: '#1c2028',
    quiet: '#545b68',
    line: '#d9dde3',
    fieldLine: '#6f7683',
    alert: '#a8201a',
    alertGround: '#fdf2f1',
    brand: '#2f3e5c',
  },
  dark: {
    page: '#14161a',
    card: '#1e2127',
    text: '#eceef2',
    quiet: '#abb2bf',
    line: '#373c46',
    fieldLine: '#858d9b',
    alert: '#ffb4ab',
    alertGround: '#351b19',
    brand: '#a9bbe0',
  },
} as const;
