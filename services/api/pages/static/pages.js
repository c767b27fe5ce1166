// Opens the dialog that a part of a page was put into, and empties it when it is closed: nothing shown stays behind.
"use strict";

document.addEventListener("htmx:after:swap", (event) => {
  const dialog = document.querySelector("dialog[data-filled]");
  if (dialog && !dialog.open && dialog.firstElementChild) dialog.showModal();
});

document.addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.replaceChildren();
}, true);
