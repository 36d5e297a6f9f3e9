// The career coach on your page: nothing else is fetched before somebody opens it, and the chat lives in a frame of its own.
(() => {
  "use strict";
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const known = window.CareerCoach;
  const VERSION = 1;
  const LATE = 12000; // ms after which a frame that says nothing counts as blocked
  const CSS = `
:host{all:initial !important;display:block !important;font:16px/1.5 system-ui, sans-serif !important;direction:var(--d) !important}
:host([kind=launcher]){position:fixed !important;bottom:0 !important;right:0 !important;width:0 !important;height:0 !important;overflow:visible !important;z-index:2147483647 !important}
@media print{:host{display:none !important}}
*{box-sizing:border-box}
[hidden]{display:none !important}
button, a{font:inherit;color:inherit;min-width:44px;min-height:44px}
button{border:0;cursor:pointer;background:none}
:focus-visible{outline:3px solid var(--c);outline-offset:2px}
.open,.tease{position:fixed;right:20px;bottom:calc(20px + env(safe-area-inset-bottom));max-width:calc(100vw - 40px);padding:12px 20px;border-radius:24px;box-shadow:0 4px 18px #0004}
.open{background:var(--c);color:var(--t);font-weight:600;transition:transform .15s}
.open:hover{transform:translateY(-2px)}
.open:focus-visible{box-shadow:0 0 0 3px var(--t), 0 0 0 6px var(--c);outline:0}
.tease{bottom:calc(80px + env(safe-area-inset-bottom));background:var(--p);color:var(--i)}
.panel{display:flex;flex-direction:column;overflow:hidden;width:100%;height:var(--h);border-radius:16px;background:var(--p);color:var(--i);border:1px solid #8885}
:host([kind=launcher]) .panel{position:fixed;right:20px;bottom:calc(20px + env(safe-area-inset-bottom));width:min(440px, 100vw - 40px);height:min(720px, 100dvh - 40px);box-shadow:0 12px 48px #0005;animation:rise .18s}
:host([side=left]) :is(.open,.tease,.panel){right:auto;left:20px}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
header{display:flex;align-items:center;padding:4px 6px 4px 16px;border-bottom:1px solid #8884}
b{flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
header :is(a, button){display:grid;place-items:center;text-decoration:none;font-size:20px}
.room{position:relative;flex:1}
iframe,.wait,.late{position:absolute;inset:0;width:100%;height:100%;border:0}
.wait,.late{z-index:1;margin:0;padding:24px;display:grid;place-content:center;text-align:center;background:var(--p)}
@media (max-width:480px){:host([kind=launcher]) .panel{inset:0;width:100%;height:100dvh;border:0;border-radius:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}}
@media (prefers-reduced-motion:reduce){*{animation:none !important;transition:none !important}}`;

  const make = (tag, name, text, parent) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  };

  const build = (host, kind) => {
    const say = (name, otherwise) => host.getAttribute("data-" + name) ?? otherwise;
    const name = say("embed", "demo");
    const title = say("title", "Career coach");
    const theme = say("theme", "auto");
    const night = matchMedia("(prefers-color-scheme: dark)");
    const labels = { open: say("label-open", "Ask the career coach"), close: say("label-close", "Close"), full: say("label-full", "Open the full page") };
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren();

    const address = new URL("embed/" + encodeURIComponent(name), base);
    address.searchParams.set("mode", kind);
    if (say("role", "")) address.searchParams.set("role", say("role", ""));
    const style = (key, value) => value && host.style.setProperty(key, value);
    style("--c", say("color", "#0f5f58"));
    style("--t", say("text-color", "#ffffff"));
    style("--h", say("height", "640px"));
    style("--d", say("dir", "ltr"));
    const paint = () => {
      const dark = theme === "dark" || (theme !== "light" && night.matches);
      style("--p", dark ? "#121716" : "#faf8f3");
      style("--i", dark ? "#e8edeb" : "#1b2321");
    };
    paint();
    night.addEventListener("change", paint);
    if (theme !== "auto") address.searchParams.set("__theme", theme);

    host.setAttribute("kind", kind);
    host.setAttribute("side", say("position", "right") === "left" ? "left" : "right");
    const panel = make("div", "panel", "", root);
    panel.setAttribute("role", kind === "launcher" ? "dialog" : "region");
    panel.setAttribute("aria-label", title);
    const bar = make("header", "", "", panel);
    bar.hidden = kind === "inline"; // the frame has a bar of its own there
    make("b", "", title, bar);
    const link = (text, parent) => {
      const made = make("a", "", text, parent);
      made.href = base.href;
      made.target = "_blank";
      made.rel = "noopener";
      made.setAttribute("aria-label", labels.full);
    };
    link("↗", bar);
    const room = make("div", "room", "", panel);
    const wait = make("p", "wait", say("label-wait", "Opening the career coach"), room);
    const late = make("p", "late", say("label-late", "The coach cannot open here: it is out of reach, or this site is not on its list. "), room);
    late.hidden = true;
    link(labels.full, late);

    let frame = null, timer = 0, ready = false, button = null, tease = null, isOpen = kind === "inline";
    const load = () => {
      if (frame) return;
      frame = document.createElement("iframe");
      frame.title = title;
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "strict-origin-when-cross-origin";
      frame.src = address.href;
      room.appendChild(frame);
      timer = setTimeout(() => {
        wait.hidden = true;
        late.hidden = false;
        late.setAttribute("role", "status");
      }, LATE);
    };
    const focus = () => {
      if (!ready || kind !== "launcher" || !isOpen) return;
      frame.focus();
      frame.contentWindow.postMessage({ v: VERSION, type: "coach:focus" }, base.origin);
    };
    const show = (open) => {
      if (!button || open === isOpen) return;
      isOpen = open;
      panel.hidden = !open;
      button.hidden = open;
      tease?.remove();
      tease = null;
      button.setAttribute("aria-expanded", String(open));
      if (!open) return button.focus();
      load();
      close.focus();
      focus();
    };
    const heard = (event) => {
      if (!frame || event.origin !== base.origin || event.source !== frame.contentWindow || event.data?.v !== VERSION) return;
      if (event.data.type === "coach:ready") {
        clearTimeout(timer);
        ready = true;
        wait.hidden = late.hidden = true;
        focus();
      } else if (event.data.type === "coach:close") show(false);
    };
    const pressed = (event) => event.key === "Escape" && !event.defaultPrevented && show(false);
    let close = null;
    if (kind === "launcher") {
      close = make("button", "", "✕", bar);
      close.type = "button";
      close.setAttribute("aria-label", labels.close);
      close.addEventListener("click", () => show(false));
      panel.hidden = true;
      if (say("greeting", "")) tease = make("div", "tease", say("greeting", ""), root);
      button = make("button", "open", labels.open, root);
      button.type = "button";
      button.setAttribute("aria-haspopup", "dialog");
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => show(true));
    } else {
      const near = new IntersectionObserver((seen) => {
        if (!seen[0].isIntersecting) return;
        near.disconnect();
        load();
      }, { rootMargin: "200px" });
      near.observe(host);
    }
    window.addEventListener("message", heard);
    document.addEventListener("keydown", pressed);
    return {
      show,
      leave: () => {
        clearTimeout(timer);
        window.removeEventListener("message", heard);
        document.removeEventListener("keydown", pressed);
        night.removeEventListener("change", paint);
      },
    };
  };

  const raise = (host) => {
    try { // above whatever the page stacks, and free of the transforms around it
      host.popover = "manual";
      host.showPopover();
    } catch { /* an older browser: the z-index has to do */ }
  };

  const start = () => {
    const wanted = script.dataset.embed;
    const mode = script.dataset.mode;
    if (wanted === undefined) return;
    const tag = mode === "inline" ? "career-coach-inline" : "career-coach";
    const all = document.getElementsByTagName(tag);
    for (let n = 0; n < all.length; n++) if (all[n].dataset.embed === wanted) return;
    const host = document.createElement(tag);
    for (let n = 0; n < script.attributes.length; n++) {
      const { name, value } = script.attributes[n];
      if (name.startsWith("data-")) host.setAttribute(name, value);
    }
    if (mode === "inline" && script.parentNode !== document.head) script.after(host);
    else document.body.appendChild(host);
    if (mode !== "inline") keep(host);
  };

  // A page that puts another body in place, or empties its own, takes the button with it; only destroy() is meant to.
  const keep = (host) => {
    const watch = new MutationObserver(() => {
      if (gone) return watch.disconnect();
      if (!document.body) return;
      if (!host.isConnected) document.body.appendChild(host);
      look();
    });
    const look = () => {
      watch.observe(document.documentElement, { childList: true });
      watch.observe(document.body, { childList: true });
    };
    look();
  };
  let gone = false;

  if (!known) {
    const live = new Map();
    const define = (tag, kind) => customElements.define(tag, class extends HTMLElement {
      connectedCallback() {
        live.get(this)?.leave();
        live.set(this, build(this, kind));
        if (kind === "launcher") raise(this);
      }
      disconnectedCallback() {
        live.get(this)?.leave();
        live.delete(this);
      }
    });
    define("career-coach", "launcher");
    define("career-coach-inline", "inline");
    const each = (act) => live.forEach((coach, host) => act(coach, host));
    window.CareerCoach = Object.freeze({
      version: VERSION,
      open: (name) => each((coach, host) => (!name || host.dataset.embed === name) && coach.show(true)),
      close: () => each((coach) => coach.show(false)),
      destroy: () => {
        gone = true;
        each((_, host) => host.remove());
      },
    });
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
