// The career coach on your page; nothing more is fetched before somebody opens it.
(() => {
  "use strict";
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const VERSION = 1;
  const LATE = 12000; // ms after which a frame that says nothing counts as blocked
  const SMALL = "(max-width:480px),(max-height:480px)"; // there the coach takes the whole screen
  const sheetOf = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  };
  const looks = sheetOf(`
:host{all:initial !important;display:block !important;font:16px/1.5 system-ui, sans-serif !important;direction:var(--d) !important}
:host(career-coach){position:fixed !important;z-index:2147483647 !important}
:host::backdrop{display:none !important}
@media print{:host{display:none !important}}
*{box-sizing:border-box}
[hidden]{display:none !important}
button, a{font:inherit;color:inherit;min-width:44px;min-height:44px}
button{border:1px solid transparent;cursor:pointer;background:none}
:focus-visible{outline:3px solid;outline-offset:-3px}
.open,.tease{position:fixed;right:20px;bottom:calc(20px + env(safe-area-inset-bottom));max-width:calc(100vw - 40px);padding:12px 20px;border-radius:24px;box-shadow:0 4px 18px #0004}
.open{background:var(--c);color:var(--t);font-weight:600}
.open:hover{filter:brightness(1.15)}
.open:focus-visible{box-shadow:0 0 0 3px var(--t), 0 0 0 6px var(--c);outline:0}
.tease,.panel{background:var(--p);color:var(--i);border:1px solid #8885}
.tease{margin-bottom:60px;cursor:pointer}
@media ${SMALL}{.tease{display:none}}
:host([data-position=left]) :is(.open,.tease,.panel){right:auto;left:20px}`);
  // Read when it is needed, which is when somebody opens the coach.
  const INSIDE = `
.panel{display:flex;flex-direction:column;overflow:hidden;margin:0;padding:0;max-width:none;max-height:none;width:100%;height:var(--h);border-radius:16px}
dialog:not([open]){display:none}
dialog.panel{position:fixed;inset:auto 20px calc(20px + env(safe-area-inset-bottom)) auto;width:min(440px, 100vw - 40px);height:min(720px, 100dvh - 40px);box-shadow:0 12px 48px #0005}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
.bar{display:flex;align-items:center;padding:4px 6px 4px 16px;border-bottom:1px solid #8884}
b{flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bar :is(a, button){display:grid;place-items:center;text-decoration:none;font-size:20px}
.room{position:relative;flex:1}
iframe,.note{position:absolute;inset:0;width:100%;height:100%;border:0}
.note{z-index:1;margin:0;padding:24px;display:grid;place-content:center;text-align:center;background:var(--p)}
@media ${SMALL}{dialog.panel{inset:0 !important;width:100%;height:100dvh;border:0;border-radius:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}}
@media (prefers-reduced-motion:no-preference){dialog{animation:rise .18s}}`;

  const make = (tag, className, textContent, parent) =>
    parent.appendChild(Object.assign(document.createElement(tag), { className, textContent }));

  const build = (host, kind) => {
    const say = (name, otherwise) => host.getAttribute("data-" + name) ?? otherwise;
    const title = say("title", "Career coach");
    let theme = say("theme", "auto");
    const night = matchMedia("(prefers-color-scheme: dark)");
    const full = say("label-full", "Open the full page");
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets[0] = looks; // a list would be read with the page's own, perhaps broken, iterator
    root.replaceChildren();

    const address = new URL("embed/" + say("embed", "demo"), base);
    address.searchParams.set("mode", kind);
    if (say("role", "")) address.searchParams.set("role", say("role", ""));
    const style = (name, value) => host.style.setProperty("--" + name, value);
    style("c", say("color", "#0f5f58"));
    style("t", say("text-color", "#fff"));
    style("h", say("height", "640px"));
    style("d", say("dir", "ltr"));
    const paint = () => {
      const dark = theme === "dark" || (theme !== "light" && night.matches);
      style("p", dark ? "#121716" : "#faf8f3");
      style("i", dark ? "#e8edeb" : "#1b2321");
    };
    paint();
    const life = new AbortController();
    const on = (target, type, act) => target.addEventListener(type, act, { signal: life.signal });
    on(night, "change", paint);
    if (theme !== "auto") address.searchParams.set("__theme", theme);

    const link = (text, parent) => {
      const made = make("a", "", text, parent);
      made.href = base.href;
      made.target = "_blank";
      made.rel = "noopener";
      made.setAttribute("aria-label", full);
    };
    let frame, panel, room, note, button, close, tease, ready = false;
    const furnish = () => {
      if (panel) return;
      root.adoptedStyleSheets[1] = sheetOf(INSIDE);
      panel = make(kind === "launcher" ? "dialog" : "section", "panel", "", root);
      panel.setAttribute("aria-label", title);
      if (kind === "launcher") { // in the page the frame has a bar of its own
        const bar = make("div", "bar", "", panel);
        make("b", "", title, bar);
        link("↗\ufe0e", bar);
        close = make("button", "", "✕", bar);
        close.setAttribute("aria-label", say("label-close", "Close"));
        on(close, "click", () => show(false));
        on(panel, "close", () => panel.open || show(false)); // by the back gesture of a phone
      }
      room = make("div", "room", "", panel);
      note = make("p", "note", "", room);
      note.setAttribute("role", "status");
    };
    const load = () => {
      if (ready || (frame && !note.lastChild.href)) return; // with a link in the note it was too late: again
      frame?.remove();
      note.textContent = say("label-wait", "Opening the career coach");
      frame = document.createElement("iframe");
      frame.title = title;
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "origin";
      frame.src = address.href;
      room.appendChild(frame);
      setTimeout(() => {
        if (ready) return;
        note.textContent = say("label-late", "The coach cannot open here: it is out of reach, or this site is not on its list. ");
        link(full, note);
      }, LATE);
    };
    const focus = () => {
      if (!ready || !panel.open || document.activeElement !== host) return; // somebody went on elsewhere
      frame.focus();
      frame.contentWindow.postMessage({ v: VERSION, type: "coach:focus" }, base.origin);
    };
    const show = (open) => {
      tease?.remove();
      if (!button || open === button.hidden) return;
      furnish();
      button.hidden = open;
      button.setAttribute("aria-expanded", open);
      if (!open) {
        panel.close();
        return button.focus();
      }
      matchMedia(SMALL).matches ? panel.showModal() : panel.show();
      load();
      close.focus();
      focus();
    };
    on(window, "message", (event) => {
      if (event.origin !== base.origin || event.source !== frame?.contentWindow || event.data?.v !== VERSION) return;
      if (event.data.type === "coach:ready") {
        ready = note.hidden = true;
        theme = event.data.theme;
        paint();
        focus();
      } else if (event.data.type === "coach:close") show(false);
    });
    on(document, "keydown", (event) => event.key === "Escape" && !event.defaultPrevented && show(false));
    if (kind === "launcher") {
      if (say("greeting", "")) {
        tease = make("div", "tease", say("greeting", ""), root);
        on(tease, "click", () => show(true));
      }
      button = make("button", "open", say("label-open", "Ask the career coach"), root);
      button.setAttribute("aria-haspopup", "dialog");
      button.setAttribute("aria-expanded", "false");
      on(button, "click", () => show(true));
    } else {
      furnish();
      const near = new IntersectionObserver((seen) => {
        if (!seen[0].isIntersecting) return;
        near.disconnect();
        load();
      }, { rootMargin: "200px" });
      near.observe(host);
    }
    return { show, leave: () => life.abort() };
  };

  const raise = (host) => {
    try { // above all that the page stacks, free of transforms around it
      host.popover = "manual";
      host.showPopover();
    } catch { /* an older browser: the z-index has to do */ }
  };

  const start = () => {
    const { embed, mode } = script.dataset;
    const tag = mode === "inline" ? "career-coach-inline" : "career-coach";
    if (embed === undefined || document.querySelector(`${tag}[data-embed="${embed}"]`)) return;
    const host = document.createElement(tag);
    for (let n = 0; n < script.attributes.length; n++) {
      const { name, value } = script.attributes[n];
      if (name.startsWith("data-")) host.setAttribute(name, value);
    }
    if (mode === "inline" && script.parentNode !== document.head) script.after(host);
    else document.body.appendChild(host);
    if (mode !== "inline") keep(host);
  };

  // A page that changes or empties its body takes the button with it; only destroy() is meant to.
  const keep = (host) => {
    const watch = new MutationObserver(() => {
      if (!host.stays) return watch.disconnect();
      if (!document.body) return;
      if (!host.isConnected) document.body.appendChild(host);
      look();
    });
    const look = () => {
      watch.observe(document.documentElement, { childList: true });
      watch.observe(document.body, { childList: true });
    };
    host.stays = true;
    look();
  };

  if (!window.CareerCoach) {
    const live = new Map();
    const define = (tag, kind) => customElements.define(tag, class extends HTMLElement {
      connectedCallback() {
        live.get(this)?.leave();
        live.set(this, build(this, kind));
        if (kind === "launcher") requestAnimationFrame(() => raise(this));
      }
      disconnectedCallback() {
        live.get(this)?.leave();
        live.delete(this);
      }
    });
    define("career-coach", "launcher");
    define("career-coach-inline", "inline");
    window.CareerCoach = Object.freeze({
      version: VERSION,
      open: (name) => live.forEach((coach, host) => (!name || host.dataset.embed === name) && coach.show(true)),
      close: () => live.forEach((coach) => coach.show(false)),
      destroy: () => live.forEach((_, host) => {
        host.stays = false;
        host.remove();
      }),
    });
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
