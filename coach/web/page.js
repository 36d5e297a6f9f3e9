// What the browser does for the chat page: storage that never throws, theme, composer, source panel, spoken sentences.
// The server renders every word; nothing here builds markup from text.
(() => {
  "use strict";

  // A cross-site frame, or a visitor who blocks storage, makes these throw, and Gradio does not expect that.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("coach");
    } catch {
      const kept = new Map();
      const stand_in = {
        getItem: (key) => kept.get(String(key)) ?? null,
        setItem: (key, value) => void kept.set(String(key), String(value)),
        removeItem: (key) => void kept.delete(String(key)),
        clear: () => kept.clear(),
        key: (index) => [...kept.keys()][index] ?? null,
        get length() { return kept.size; },
      };
      Object.defineProperty(window, name, { configurable: true, value: stand_in });
    }
  }

  // Gradio draws the name of a visit with Math.random, which is no secret, and whoever knows the name hears what is said.
  // So every request that carries the name carries an ending that is one.
  const secret = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unnamed = window.fetch;
  window.fetch = (address, sent) => {
    const url = new URL(address.url ?? address, document.baseURI);
    const call = url.pathname.match(/\/gradio_api\/(queue\/join|queue\/data|cancel|heartbeat|reset)\b/)?.[1];
    if (call === "reset") return Promise.resolve(Response.json({})); // after "cancel" there is nothing left to reset
    if (call === "queue/join" || call === "cancel") {
      const told = JSON.parse(sent.body);
      return unnamed(address, { ...sent, body: JSON.stringify({ ...told, session_hash: told.session_hash + secret }) });
    }
    if (!call) return unnamed(address, sent);
    // Before Gradio's own field stand those of the page's address, whatever their names.
    if (call === "queue/data") url.searchParams.set("session_hash", url.searchParams.getAll("session_hash").at(-1) + secret);
    else url.pathname += secret;
    return unnamed(address instanceof Request ? new Request(url, address) : url, sent);
  };

  const health = new URL("../healthz", document.currentScript.src);
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  // What a reload hands over comes with the entry in the history: storage may be blocked.
  const handed = history.state?.coach;
  if (handed) history.replaceState(null, "");
  const wanted = asked.get("__theme");
  if (asked.has("view")) {
    // Gradio would open pages of its own here (interface documentation, settings) that are no part of this one.
    asked.delete("view");
    history.replaceState(null, "", location.pathname + "?" + asked);
  }
  // In an embed the address names it, so that the server knows which one asks.
  const embed = root.dataset.embed ?? "";
  if (embed) {
    asked.set("embed", embed);
    history.replaceState(null, "", location.pathname + "?" + asked);
    root.dataset.mode = asked.get("mode") === "launcher" ? "launcher" : "inline";
  }
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const theme = wanted ?? root.dataset.painted;
    root.dataset.theme = ["light", "dark"].includes(theme) ? theme : prefersDark.matches ? "dark" : "light";
  };
  paint();
  prefersDark.addEventListener("change", paint);

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const box = () => one("#coach-question");
  const newest = () => one("#coach-current article.exchange");
  const busy = () => newest()?.dataset.status === "working" && !("lost" in root.dataset);
  const you = () => one("#coach-you");
  const sheet = matchMedia("(max-width: 60rem)");

  const tell = (name, detail = {}) =>
    one("#coach-current [data-coach-events]")?.dispatchEvent(new CustomEvent("coach:" + name, { detail }));

  // ---- the page around an embed: only one on the embed's list is spoken to, and only by its exact origin

  const host = (() => {
    if (!embed || window.parent === window) return "";
    let origin = location.ancestorOrigins?.[0] ?? "";
    try {
      origin ||= new URL(document.referrer).origin;
    } catch {
      return "";
    }
    return origin === location.origin || (root.dataset.origins ?? "").split(" ").includes(origin) ? origin : "";
  })();
  const post = (type, more) => host && window.parent.postMessage({ v: 1, type: "coach:" + type, ...more }, host);
  window.addEventListener("message", (event) => {
    if (!host || event.origin !== host || event.source !== window.parent || event.data?.v !== 1) return;
    if (event.data.type === "coach:focus") box()?.focus();
  });

  // ---- speaking: one live region, whole sentences only

  const say = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    one("#coach-live")?.append(line);
  };
  const words = (sentence) => {
    const copy = sentence.cloneNode(true);
    all(".cite", copy).forEach((marker) => marker.remove());
    return copy.textContent;
  };
  const plural = (count, word) => (count ? `${count} ${word}${count === 1 ? "" : "s"}. ` : "");
  const spoken = { number: "", said: [], finished: false };

  const speak = (article) => {
    if (spoken.number !== article.dataset.number) {
      Object.assign(spoken, { number: article.dataset.number, said: [], finished: false });
      one("#coach-live").replaceChildren();
    }
    const sentences = all(".sentence, .note p, .note li, .status", article).map(words);
    // Where a composed answer has taken the place of a language model's, it is said from its first new sentence.
    const from = sentences.findIndex((sentence, place) => sentence !== spoken.said[place]);
    if (from >= 0) sentences.slice(from).forEach(say);
    spoken.said = sentences;
    if (!busy() && !spoken.finished) {
      spoken.finished = true;
      const rest = plural(all(".source-row", article).length, "source") + plural(all(".chip", article).length, "suggestion");
      if (rest) say(rest);
    }
  };

  // ---- the connection: Gradio does not say when it breaks, so ask while something is awaited

  let waiting = 0;
  let instance = "";

  const reach = async () => {
    try {
      return (await (await fetch(health, { cache: "no-store" })).json()).instance;
    } catch {
      return "";
    }
  };
  const lost = () => {
    const note = one("[data-lost].notice");
    if (!note) return;
    waiting = 0;
    root.toggleAttribute("data-lost", true);
    root.toggleAttribute("data-busy", false);
    note.hidden = false;
    say(note.textContent);
  };
  const found = () => {
    waiting = 0;
    root.toggleAttribute("data-lost", false);
    one("[data-lost].notice").hidden = true;
  };
  const watch = async () => {
    if (!waiting && !busy()) return;
    const now = await reach();
    instance ||= now;
    const late = waiting && Date.now() - waiting > 30_000;
    if ((waiting || busy()) && (now !== instance || late)) lost();
  };
  const reload = async () => {
    if (!(await reach())) return say("The coach cannot be reached yet. Please try again in a moment.");
    history.replaceState({ coach: { draft: box().value, you: you()?.value } }, "");
    location.reload();
  };

  // A question that finds no way to the server waits here until there is one: Gradio would give up and take no other.
  let held = false;
  let cut = false;
  const join = async (request) => {
    try {
      return await fetched(...request);
    } catch {
      held = true;
      lost();
    }
    do await new Promise((done) => setTimeout(done, 2_000));
    while (!(await reach()));
    held = false;
    return join(request);
  };

  // A question that the server turns away at its door never becomes an event: what it says then is shown here.
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const { pathname } = new URL(request[0].url ?? request[0], document.baseURI);
    if (pathname.endsWith("/app_id")) {
      // Gradio asks for this once the connection broke, and would then reload the page and all that is on it.
      cut = true;
      throw new TypeError("Only the visitor reloads this page.");
    }
    const joining = pathname.endsWith("/queue/join");
    const response = await (joining ? join(request) : fetched(...request));
    if (!response.ok && joining) {
      const said = await response.clone().json().then((told) => told.detail, () => "");
      turnedAway(typeof said === "string" && said ? said : "I am busy with other answers. Please try again in a few seconds.");
    }
    return response;
  };
  const turnedAway = (text) => {
    waiting = 0;
    sent = null;
    const note = one("[data-turned-away]");
    note.textContent = text;
    note.hidden = false;
    say(text);
  };

  // ---- asking

  let sent = null;
  let told = null;
  let seen = "";

  const fit = () => {
    const area = box();
    area.style.height = "auto";
    area.style.height = Math.min(area.scrollHeight, innerHeight * 0.3) + 2 + "px";
    const limit = Number(area.dataset.limit);
    const count = one(".composer .count");
    count.hidden = area.value.length < limit * 0.8;
    count.textContent = `${area.value.length.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    count.classList.toggle("over", area.value.length > limit);
  };
  const ask = (detail) => {
    if (busy()) return say("Still answering. What you typed stays in the box.");
    const broken = newest()?.dataset.status === "working";
    if (broken || held || cut) return lost();
    waiting = Date.now();
    one("[data-turned-away]").hidden = true;
    told = you()?.value ?? "";
    tell("ask", { ...detail, after: newest()?.dataset.number ?? "", about: told });
  };
  const send = () => {
    sent = box().value;
    ask({ question: sent });
  };

  // What the coach knows about the person is what stands here; the server only adds to what it is sent.
  const know = (text) => {
    if (!you()) return;
    you().value = text;
    one(".you").hidden = false;
  };

  const refresh = () => {
    const article = newest();
    root.toggleAttribute("data-busy", busy());
    for (const name of ["download", "clear"]) one(`[data-act=${name}]`).hidden = !article;
    if (!article) {
      if (seen) found();
      seen = "";
      return;
    }
    if (article.dataset.number !== seen) {
      seen = article.dataset.number;
      // The text leaves the box only once the server has taken it.
      if (sent !== null && box().value === sent) box().value = "";
      sent = null;
      found();
      fit();
      closePanel(false);
      // What was typed or wiped since the question was sent stays.
      if (you()?.value === told) know(one(".about-you", article)?.textContent ?? "");
      else know(you()?.value ?? "");
      article.scrollIntoView({ block: "start" });
    }
    speak(article);
    if (!busy() && document.activeElement === document.body) box().focus({ preventScroll: true });
  };

  // ---- the source beside the answer

  let opened = "";

  const openPanel = (id) => {
    const source = one(`[data-panel="${CSS.escape(id)}"]`);
    if (!source) return;
    opened = id;
    const panel = one("#coach-source .panel");
    const body = one(".panel-body", panel);
    body.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
    const heading = one("h2", body);
    panel.setAttribute("aria-label", `${one(".eyebrow", body).textContent}: ${heading.textContent}`);
    panel.hidden = false;
    one("#coach-source .scrim").hidden = false;
    root.toggleAttribute("data-panel", true);
    const ids = siblings();
    for (const [name, step] of [["previous", -1], ["next", 1]]) {
      const button = one(`[data-act=${name}]`, panel);
      button.hidden = ids.length < 2;
      button.disabled = !ids[ids.indexOf(id) + step];
    }
    modal();
    mark();
    body.scrollTop = 0;
    one("mark", body)?.scrollIntoView({ block: "nearest" });
    heading.focus({ preventScroll: true });
  };
  const siblings = () => {
    const article = one(`[data-panel="${CSS.escape(opened)}"]`)?.closest("article");
    return article ? all("[data-panel]", article).map((panel) => panel.dataset.panel) : [];
  };
  const step = (by) => {
    const ids = siblings();
    const id = ids[ids.indexOf(opened) + by];
    if (id) openPanel(id);
  };
  const mark = () => all("[data-source]").forEach((button) => button.classList.toggle("open", button.dataset.source === opened));
  // On a narrow screen the panel covers the page, so what lies beneath must not be reachable.
  const modal = () => {
    const covering = Boolean(opened) && sheet.matches;
    one("#coach-source .panel").setAttribute("aria-modal", String(covering));
    for (const id of ["coach-header", "coach-log", "coach-composer"]) one("#" + id).inert = covering;
  };
  const closePanel = (refocus = true) => {
    if (!opened) return;
    const id = opened;
    opened = "";
    one("#coach-source .panel").hidden = true;
    one("#coach-source .scrim").hidden = true;
    root.toggleAttribute("data-panel", false);
    modal();
    mark();
    if (!refocus) return;
    // The one that can be seen: the list of sources may have been folded since.
    const back = all(`[data-source="${CSS.escape(id)}"]`).find((button) => button.checkVisibility());
    (back ?? box()).focus();
  };

  // ---- copy and download

  const copy = async (button) => {
    const text = one(".export", button.closest("article")).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard without a secure address: the old way still works there.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    say("Copied.");
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  const download = () => {
    const parts = [one("#coach-export-head"), ...all("article .export")].map((part) => part.textContent);
    const address = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/markdown" }));
    const day = new Date().toISOString().slice(0, 10);
    Object.assign(document.createElement("a"), { href: address, download: `career-coach-${day}.md` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  // ---- what somebody thinks of an answer: thumbs, and words only where the box is ticked

  const opinions = new URL("../api/v1/feedback", health);
  const opinion = () => one("[data-opinion]");
  let judged = null;

  const tellOwner = async (article, rating, words = {}) => {
    const passages = article.dataset.passages.split(" ").filter(Boolean).slice(0, 20);
    const body = JSON.stringify({ rating, passages, ...words });
    const taken = await fetch(opinions, { method: "POST", headers: { "content-type": "application/json" }, body }).then((said) => said.ok, () => false);
    if (!taken) return say("That could not be sent. Please try again later.");
    one(".rate", article)?.replaceChildren("Thank you");
    say("Thank you.");
  };
  const askWhy = (button) => {
    judged = button.closest("article");
    opinion().hidden = false;
    one("#coach-opinion").focus();
  };
  const sendOpinion = () => {
    const keep = one("#coach-keep").checked;
    const question = [...one(".question", judged).childNodes].slice(1).map((part) => part.textContent || "\n").join("");
    tellOwner(judged, "down", keep ? { keep_text: true, question, comment: one("#coach-opinion").value } : {});
    forgetOpinion();
  };
  const forgetOpinion = () => {
    opinion().reset();
    opinion().hidden = true;
    box().focus();
  };

  const actions = {
    up: (button) => tellOwner(button.closest("article"), "up"),
    down: askWhy,
    unsaid: forgetOpinion,
    copy,
    download,
    reload,
    stop: () => tell("stop"),
    retry: () => ask({ retry: true }),
    close: () => closePanel(),
    previous: () => step(-1),
    next: () => step(1),
    wipe: () => {
      know("");
      you().focus();
      say("Wiped.");
    },
    clear: () => {
      closePanel(false);
      know("");
      tell("clear");
      box().focus();
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act], [data-ask], [data-source]");
    if (!button) return;
    if (button.dataset.act) actions[button.dataset.act]?.(button);
    else if (button.dataset.source) opened === button.dataset.source ? closePanel() : openPanel(button.dataset.source);
    else ask({ question: button.textContent });
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer], [data-opinion]")) return;
    event.preventDefault();
    event.target === opinion() ? sendOpinion() : send();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) opened ? closePanel() : post("close");
    if (event.target !== box() || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  document.addEventListener("input", (event) => event.target === box() && fit());
  sheet.addEventListener("change", () => one("#coach-source .panel") && modal());

  // ---- Gradio puts the page together after this script has run

  let stamp = "";

  const ready = () => {
    if (!one("#coach-log") || !box() || !one("#coach-current [data-coach-events]") || !one("#coach-source .panel")) return false;
    one(".boot")?.remove();
    if (embed) {
      one("a.full").hidden = false;
      if (root.dataset.named) document.title = one(".bar .name").textContent = root.dataset.named;
    }
    root.toggleAttribute("data-ready", true);
    box().value ||= handed?.draft ?? "";
    if (handed?.you) know(handed.you);
    fit();
    reach().then((now) => { instance = now; });
    setInterval(watch, 3_000);
    new MutationObserver(refresh).observe(one("#coach-log"), { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-status", "data-number"] });
    new MutationObserver(() => {
      const note = one("#coach-notice .notice");
      // Gradio changes its own things in here, too.
      if (!note || note.dataset.stamp === stamp) return;
      waiting = 0;
      stamp = note.dataset.stamp;
      say(note.textContent);
    }).observe(one("#coach-notice"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-stamp"] });
    post("ready", { theme: wanted ?? root.dataset.painted });
    if (matchMedia("(pointer: fine)").matches && window.top === window) box().focus({ preventScroll: true });
    return true;
  };
  const assembling = new MutationObserver(() => ready() && assembling.disconnect());
  assembling.observe(root, { childList: true, subtree: true });
})();
