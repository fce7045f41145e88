const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Style of the issuer's own pages; the same tokens as the app's. */
export const issuerStyle = `
:root { color-scheme: light dark; font: 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; --petrol: #0b6779 }
* { box-sizing: border-box } body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f7f8f9; color: #171c21 }
main { width: min(400px, 100vw - 32px); background: #fff; border: 1px solid #e3e7ea; border-radius: 8px; padding: 32px }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 4px } p { margin: 0 0 24px; color: #434d57 } label { display: block; font-weight: 600; margin: 16px 0 4px }
input { width: 100%; height: 40px; padding: 0 12px; font: inherit; color: inherit; background: transparent; border: 1px solid #87929c; border-radius: 6px }
input:focus-visible, button:focus-visible { outline: 2px solid #177a8e; outline-offset: 2px }
button { width: 100%; height: 40px; margin-top: 24px; font: inherit; font-weight: 600; color: #fff; background: var(--petrol); border: 0; border-radius: 6px; cursor: pointer }
.wrong { margin: 0 0 8px; padding: 8px 12px; border-radius: 6px; background: #fbeae8; color: #b0281f } footer { margin-top: 24px; font-size: 12px; color: #5a6570 }
@media (prefers-color-scheme: dark) { body { background: #101418; color: #dce1e6 } main { background: #181d22; border-color: #2b3239 } p, footer { color: #9aa4ae }
 .wrong { background: #3a1f1d; color: #f1a39c } button { background: #2f8ea1; color: #041014 } }
`

/** The sign-in page of the embedded issuer: plain HTML, no script. */
export const signInPage = ({ action, wrong = false, name = '' }: { action: string; wrong?: boolean; name?: string }): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in</title>
<link rel="stylesheet" href="/issuer.css"></head><body><main>
<h1>Sign in</h1><p>The accounts of this computer. Their passwords were printed when the workbench was started.</p>
${wrong ? '<p class="wrong" role="alert">The account or the password is not right. Nothing else was changed; try again.</p>' : ''}
<form method="post" action="${escape(action)}" autocomplete="off">
<label for="name">Account</label><input id="name" name="name" value="${escape(name)}" required autofocus autocapitalize="none" spellcheck="false">
<label for="password">Password</label><input id="password" name="password" type="password" required>
<button type="submit">Sign in</button></form>
<footer>Research use only. Not a medical device.</footer></main></body></html>`

export const errorPage = (detail: string, back: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign-in did not work</title>
<link rel="stylesheet" href="/issuer.css"></head><body><main><h1>Sign-in did not work</h1><p>${escape(detail)}</p><p><a href="${escape(back)}">Back to the workbench</a></p></main></body></html>`
