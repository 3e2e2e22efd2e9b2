// Everything works without this; with it, files can be dropped, and pages follow what happens.
"use strict";

const EVERY = 700; // milliseconds; longer while nothing changes
const SELDOM = 15_000;
const LONGEST = 20 * 60_000; // without a change
const $ = (selector) => document.querySelector(selector);

function say(text) {
  $("#said").textContent = text;
}

function setUpDrop(form) {
  const input = $("#file");
  const largest = Number(form.dataset.largest);
  const larger = `Over ${largest / 1024 / 1024} MiB: use articles put.`;
  const zone = $(".dropzone");
  const isFile = (event) => event.dataTransfer?.types.includes("Files");
  for (const type of ["dragenter", "dragover"]) {
    document.addEventListener(type, (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length !== 1) {
      say("Drop one file at a time; articles put takes folders.");
      return;
    }
    input.files = event.dataTransfer.files;
    told();
    $("button.main").focus();
  });
  const text = $("#text");
  const told = () => {
    const file = input.files[0];
    if (file) text.value = ""; // one of the two: what was chosen last
    const isTooLarge = file && file.size > largest;
    input.setCustomValidity(isTooLarge ? larger : "");
    if (file) say(isTooLarge ? input.validationMessage : `${file.name}: ${file.size.toLocaleString()} bytes`);
    else say("");
  };
  input.addEventListener("change", told);
  text.addEventListener("input", () => {
    if (!text.value || !input.value) return;
    input.value = "";
    told();
  });
  const need = () => text.setCustomValidity(new Blob([text.value]).size > largest ? larger : "");
  text.addEventListener("change", need);
  input.addEventListener("change", need);
  form.addEventListener("submit", () =>
    say(`Reading ${written(input.files[0]?.size ?? new Blob([text.value]).size)} …`));
  addEventListener("pageshow", () => { // after Back, with what was typed
    if (text.value) text.closest("details").open = true;
  });
}

function written(bytes) {
  return bytes < 1e6 ? `${bytes.toLocaleString()} bytes` : `${Math.round(bytes / 1e6).toLocaleString()} MB`;
}

// What changes something is sent once, however often its button is pressed.
function setBusy(form, isBusy) {
  for (const it of form.querySelectorAll("button")) it.disabled = isBusy;
}

// Load this page again and take over what has changed: what is open stays open, focus stays put.
async function follow(pause, still) {
  let page;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.redirected) return location.replace(answer.url);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) return giveUp(page.querySelector("main p")?.textContent ?? "");
  } catch {
    return say("The console has ended.");
  }
  if (!page.getElementById("live")) return giveUp("");
  update($("#said"), page.getElementById("said")); // may only say how long it has been waiting
  const changed = update($("#live"), page.getElementById("live"));
  $("#live").toggleAttribute("data-moving", page.getElementById("live").hasAttribute("data-moving"));
  followOn(changed ? EVERY : Math.min(pause * 1.2, SELDOM), changed ? 0 : still + pause);
}

function followOn(pause = EVERY, still = 0) {
  if (!$("#live")?.hasAttribute("data-moving")) return;
  if (still > LONGEST) return giveUp("Nothing has changed for long.");
  setTimeout(follow, pause, pause, still);
}

function giveUp(why) {
  say(`${why} This page is no longer followed: load it again.`.trim());
}

function update(old, fresh) {
  if (!fresh || plain(old) === plain(fresh)) return false;
  const open = new Set([...old.querySelectorAll("details[open]")].map(summaryOf));
  const focused = old.contains(document.activeElement) ? summaryOf(document.activeElement.parentElement) : null;
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const it of old.querySelectorAll("details")) {
    if (open.has(summaryOf(it))) it.open = true;
    if (focused && summaryOf(it) === focused) it.querySelector("summary").focus();
  }
  return true;
}

const summaryOf = (element) => element.querySelector(":scope > summary")?.textContent;
const plain = (element) => element.innerHTML.replaceAll(' open=""', "");

const form = $("form[data-drop]");
if (form) setUpDrop(form);
document.addEventListener("submit", ({ target }) => {
  if (target.method === "post") setTimeout(setBusy, 0, target, true); // first, the form is read
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((it) => setBusy(it, false)));
followOn();
