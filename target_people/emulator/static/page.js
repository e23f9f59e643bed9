/* Renews what is marked data-live from the page's own address, and sends forms without leaving the page.
   Nothing is ever made from text: answers are parsed by the browser as documents, in which no script runs,
   and the policy of the page forbids every other way. */
"use strict";

(() => {
  const EVERY = 2000;
  const PATIENCE = 10000;
  const status = document.getElementById("status");
  const live = document.getElementById("live");
  let silent = false;

  const say = (text) => {
    status.textContent = "";
    setTimeout(() => { status.textContent = text; }, 50);
  };

  const load = (method, address, body) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.onload = () => (request.response ? resolve(request) : reject(new Error("no page")));
    request.onerror = request.ontimeout = () => reject(new Error("no answer"));
    if (body) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.send(body);
  });

  const put = (current, next) => {
    if (current.getAttribute("role") === "status") {
      current.textContent = next.textContent; // A live region that is replaced is not read out.
    } else {
      current.replaceWith(document.importNode(next, true));
    }
  };

  const inUse = (element) => element.contains(document.activeElement) || element.querySelector("details[open]");

  const renew = (next, wanted) => {
    for (const region of next.querySelectorAll("[data-live]")) {
      const current = document.getElementById(region.id);
      if (!current || current.isEqualNode(region) || (!wanted && inUse(current))) continue;
      const home = current.contains(document.activeElement) && current.closest("[data-home]");
      put(current, region);
      if (home) home.focus();
    }
    for (const choice of next.querySelectorAll("select[data-at-once]")) {
      const current = document.getElementById(choice.id);
      if (current && current !== document.activeElement) current.value = choice.value;
    }
  };

  const turn = async () => {
    if (!document.hidden && live.querySelector("input").checked) {
      try {
        renew((await load("GET", location.href)).response, false);
        if (silent) say("The emulator answers again.");
        silent = false;
      } catch {
        if (!silent) say("The emulator does not answer; what you see may be out of date.");
        silent = true;
      }
    }
    setTimeout(turn, EVERY);
  };

  const close = (form) => {
    const details = form.closest("details");
    if (!details) return;
    details.open = false;
    details.querySelector("summary").focus();
  };

  const send = async (form, button) => {
    // Attributes, not properties: a fault has a parameter called method, which would stand in the form's way.
    const fields = new URLSearchParams(new FormData(form, button));
    try {
      const answer = await load("POST", form.getAttribute("action"), fields.toString());
      const problem = answer.response.getElementById("problem");
      renew(answer.response, true);
      if (answer.status < 400) close(form);
      say(problem ? problem.textContent : answer.status < 400 ? form.dataset.done : "This was refused.");
    } catch {
      say("The emulator does not answer: nothing is known to have changed.");
    }
  };

  document.documentElement.classList.add("scripted");
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "post") return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  document.addEventListener("change", (event) => {
    if (event.target.hasAttribute("data-at-once")) event.target.form.requestSubmit();
  });
  if (document.querySelector("[data-live]")) {
    live.hidden = false;
    setTimeout(turn, EVERY);
  }
})();
