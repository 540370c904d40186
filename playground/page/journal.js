// What this page itself adds to a conversation: what was typed, and what became of it. Slack keeps
// no slash commands, so without this one could not see what an answer belongs to.

import { worldNow } from "./when.js";

const KEPT = 60;

/** Entries {"id", "who", "kind": said|note, "text", "detail", "at"}; fires "change". */
export class Journal extends EventTarget {
  #entries = [];
  #key;
  #next = 1;

  /** `key` names the run of the world: a new world starts with an empty journal. */
  constructor(key) {
    super();
    this.#key = `journal ${key}`;
    this.#entries = stored(this.#key);
    this.#next = Math.max(0, ...this.#entries.map((one) => one.id)) + 1;
  }

  /** The entries of one person's conversation, oldest first. */
  of(who) {
    return this.#entries.filter((one) => one.who === who);
  }

  /** What somebody typed before, latest first, each once. */
  typed(who) {
    const said = this.of(who).filter((one) => one.kind === "said");
    return [...new Set(said.map((one) => one.text).reverse())];
  }

  /** Add an entry; answers it. */
  add(who, kind, text, detail = "") {
    const entry = { id: this.#next++, who, kind, text, detail, at: worldNow().toISOString() };
    this.#entries = [...this.#entries, entry].slice(-KEPT);
    this.#changed();
    return entry;
  }

  /** Say what became of an entry. */
  amend(entry, detail) {
    entry.detail = detail;
    this.#changed();
  }

  #changed() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#entries));
    } catch {
      // Storage may be off or full; the conversation then just does not survive a reload.
    }
    this.dispatchEvent(new Event("change"));
  }
}

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}
