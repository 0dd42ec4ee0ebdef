/** The page of a run as one HTML file, which asks for nothing outside itself. */
import type { RunPage } from './run-page.js';

/** The script and the style of the page, made by `scripts/bundle-report-page.js`, with their SHA-256 in base64. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly scriptHash: string;
  readonly styleHash: string;
}

/** What the page may load: itself, pictures within it, and live the events of its own server. */
export function contentPolicy({ scriptHash, styleHash }: PageParts, live: boolean): string {
  const own = live ? " 'self'" : '';
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${styleHash}'`,
    `img-src data:${own}`,
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Makes the page; `live` says that it asks its server for what is new. */
export function runPageHtml(page: RunPage, parts: PageParts, live = false): string {
  // A script ends at the first `</script`, whatever it is in.
  const data = JSON.stringify(page).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"${live ? ' data-live' : ''}>
<head>
<meta charset="utf-8">
<meta name="generator" content="unetpp">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(parts, live)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(page.name)}</title>
<style>${parts.style}</style>
</head>
<body>
<main id="page"></main>
<noscript>This page draws its curves by a script, which is in it.</noscript>
<script type="application/json" id="data">${data}</script>
<script>${parts.script}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
