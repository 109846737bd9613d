"use strict";
(() => {
  const FIELDS = ["direction", "title", "begun", "took", "good", "request", "requestHeaders", "requestBody",
                  "answer", "answerHeaders", "answerBody"];
  const stories = [...document.querySelectorAll(".story")];
  const tools = document.querySelector(".tools");

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const rows = await new Response(stream).json();
    return rows.map((row) => Object.fromEntries(FIELDS.map((name, index) => [name, row[index]])));
  }

  function pretty(body) {
    try {
      // Numbers beyond what a script can hold would be shown otherwise than they were sent.
      return /[0-9]{16}/.test(body) ? body : JSON.stringify(JSON.parse(body), null, 2);
    } catch {
      return body;
    }
  }

  const written = (headers) => headers.map(([name, value]) => `${name}: ${value}`).join("\n");

  function shown(exchange) {
    const made = element("details", `${exchange.direction}${exchange.good ? "" : " bad"}`);
    const summary = element("summary");
    summary.append(element("b", "", exchange.direction === "call" ? "↩ " : "→ "), `${exchange.title} `,
      element("span", "faint", `${exchange.answer} in ${exchange.took} ms, at ${exchange.begun} ms`));
    const sent = `${exchange.request}\n${written(exchange.requestHeaders)}\n\n${pretty(exchange.requestBody)}`;
    const came = `${exchange.answer}\n${written(exchange.answerHeaders)}\n\n${pretty(exchange.answerBody)}`;
    for (const text of [sent, came]) {
      const block = element("pre", "", text);
      block.tabIndex = 0;
      made.append(block);
    }
    made.prepend(summary);
    return made;
  }

  // What an actor did was delivered from then on; what the bot said was called just before.
  function belonging(bubble, exchanges) {
    const at = Number(bubble.dataset.at);
    return bubble.classList.contains("bot")
      ? exchanges.findLastIndex((each) => each.direction === "call" && each.begun <= at + 0.1)
      : exchanges.findIndex((each) => each.direction === "delivery" && each.begun >= at - 0.1);
  }

  async function fill(story) {
    const wire = story.querySelector(".wire");
    if (!wire || !wire.dataset.packed) return;
    const packed = wire.dataset.packed;
    delete wire.dataset.packed;
    let exchanges = [];
    try {
      exchanges = await unpack(packed);
      wire.prepend(...exchanges.map(shown));
    } catch {
      wire.prepend(element("p", "note", "This browser cannot unpack the exchanges; the journal has them."));
    }
    for (const bubble of story.querySelectorAll(".bubble")) {
      const exchange = wire.children[belonging(bubble, exchanges)];
      if (!exchange) continue;
      bubble.setAttribute("role", "button");
      bubble.tabIndex = 0;
      const point = () => {
        wire.querySelectorAll(".here").forEach((each) => each.classList.remove("here"));
        exchange.classList.add("here");
        exchange.open = true;
        exchange.scrollIntoView({ block: "nearest" });
      };
      bubble.addEventListener("click", point);
      bubble.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); point(); }
      });
    }
  }

  for (const story of stories) {
    const details = story.querySelector("details");
    details.addEventListener("toggle", () => { if (details.open) fill(story); });
    if (details.open) fill(story);
  }

  function filter() {
    const wanted = new FormData(tools);
    const text = String(wanted.get("text") ?? "").toLowerCase();
    const outcome = wanted.get("outcome");
    const provider = wanted.get("provider");
    let count = 0;
    for (const story of stories) {
      story.hidden = (outcome !== "all" && story.dataset.outcome !== outcome)
        || Boolean(provider && story.dataset.provider !== provider)
        || Boolean(text && !story.textContent.toLowerCase().includes(text));
      if (!story.hidden) count += 1;
    }
    tools.querySelector("output").textContent = `${count} of ${stories.length} shown`;
  }

  if (tools && stories.length) {
    tools.hidden = false;
    tools.addEventListener("input", filter);
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.querySelector("[name=open]").addEventListener("click", () => {
      for (const story of stories) if (!story.hidden) story.querySelector("details").open = true;
    });
    filter();
  }

  function follow() {
    const story = location.hash.startsWith("#story-") && document.getElementById(location.hash.slice(1));
    if (story) { story.querySelector("details").open = true; story.scrollIntoView(); }
  }
  addEventListener("hashchange", follow);
  follow();
})();
