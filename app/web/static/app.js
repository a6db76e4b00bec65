/* What HTML cannot do by itself; every page works without it. */
"use strict";

document.documentElement.classList.add("has-js");

/* Dialogs and the phone's menu: links and buttons say what they open. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();

  const navigation = event.target.closest("[data-nav]");
  if (navigation) {
    event.preventDefault();
    const open = document.body.classList.toggle("nav-open");
    document.querySelector(".ws-nav-button").setAttribute("aria-expanded", String(open));
    document.querySelector(open ? "#nav a" : ".ws-nav-button").focus();
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (document.body.classList.contains("nav-open")) document.querySelector(".ws-nav-close").click();
});

/* Clipboard. */
document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    const source = document.getElementById(copier.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    copier.querySelector("span").textContent = copier.dataset.done;
  }
  const paster = event.target.closest("[data-paste]");
  if (paster) {
    const field = document.getElementById(paster.dataset.paste);
    try {
      field.value = await navigator.clipboard.readText();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      paster.querySelector("span").textContent = paster.dataset.failed;
    }
    field.focus();
  }
});

/* One box ticks all others of its form that bear its name. */
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-check-all]");
  if (!all) return;
  for (const box of all.closest("form").querySelectorAll(`input[type=checkbox][name="${all.dataset.checkAll}"]`)) {
    box.checked = all.checked;
  }
});

/* What is tried once is sent once, however often somebody clicks while it is under way. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.once) event.preventDefault();
  event.target.dataset.once = "sent";
});
addEventListener("pageshow", () => document.querySelectorAll("[data-once]").forEach((form) => { form.dataset.once = ""; }));

/* htmx: every request carries the session's token; an error's page is shown, not swallowed; a swapped part that asks for it gets the focus. */
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector("meta[name=csrf]").content;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (detail.xhr.status >= 400 && detail.requestConfig.verb !== "get") {
    detail.shouldSwap = true;
    detail.isError = false;
    detail.target = document.getElementById("main");
    detail.selectOverride = "#main";
    detail.swapOverride = "outerHTML";
  }
});

const focusWanted = (root) => root.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:afterSwap", (event) => focusWanted(event.detail.elt));
document.addEventListener("DOMContentLoaded", () => focusWanted(document));

/* A part that renews itself every now and then waits while somebody reads something unfolded in it, or moves through it by keyboard. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target.closest("[data-renews]");
  if (part === event.target && (part.contains(document.activeElement) || part.querySelector("details[open]"))) event.preventDefault();
});
