// Opens the dialog that a part of a page was put into, and empties it when it is closed: nothing shown stays behind.
"use strict";

document.addEventListener("htmx:after:swap", () => {
  const dialog = document.querySelector("dialog[data-filled]");
  if (!dialog || !dialog.firstElementChild) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[aria-invalid], [data-focus]")?.focus();
});

document.addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.replaceChildren();
}, true);

// A session that ended leads to the page for signing in, and not into a corner of this one.
document.addEventListener("htmx:before:response", (event) => {
  const answer = event.detail.ctx.response.raw;
  if (!answer.redirected) return;
  event.preventDefault();
  location.assign(answer.url);
});
