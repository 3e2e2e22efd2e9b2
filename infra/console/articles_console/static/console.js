// Everything works without this; with it, files can be dropped, and pages follow what happens.
"use strict";

const LARGEST = 32 * 1024 * 1024;
const EVERY = 700; // milliseconds
const $ = (selector) => document.querySelector(selector);

function say(text) {
  $("#said").textContent = text;
}

function setUpDrop(form) {
  const input = $("#file");
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
  const told = () => {
    const file = input.files[0];
    const isTooLarge = file && file.size > LARGEST;
    input.setCustomValidity(isTooLarge ? "Over 32 MiB: use articles put." : "");
    if (file) say(isTooLarge ? input.validationMessage : `${file.name}: ${file.size.toLocaleString()} bytes`);
  };
  input.addEventListener("change", told);
  form.addEventListener("submit", () => say("Reading …"));
}

// Load this page again and take over what has changed: what is open stays open, focus stays put.
async function follow() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.getElementById("live")) return;
    for (const id of ["said", "live"]) update($(`#${id}`), page.getElementById(id));
    $("#live").toggleAttribute("data-moving", page.getElementById("live").hasAttribute("data-moving"));
  } catch {
    say("The console has ended.");
    return;
  }
  if ($("#live").hasAttribute("data-moving")) setTimeout(follow, EVERY);
}

function update(old, fresh) {
  if (!fresh || plain(old) === plain(fresh)) return;
  const open = new Set([...old.querySelectorAll("details[open]")].map(summaryOf));
  const focused = old.contains(document.activeElement) ? summaryOf(document.activeElement.parentElement) : null;
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const it of old.querySelectorAll("details")) {
    if (open.has(summaryOf(it))) it.open = true;
    if (focused && summaryOf(it) === focused) it.querySelector("summary").focus();
  }
}

const summaryOf = (element) => element.querySelector(":scope > summary")?.textContent;
const plain = (element) => element.innerHTML.replaceAll(' open=""', "");

const form = $("form[data-drop]");
if (form) setUpDrop(form);
if ($("#live")?.hasAttribute("data-moving")) setTimeout(follow, EVERY);
