// What this page knows of the world, read anew whenever something happened, and who one is in it.

import { act, follow, look } from "./control.js";
import { setClock } from "./when.js";

const CHATS = ["slack", "teams"];
const COMMAND = "/aws-access";

/**
 * The state of the page. Fires an event named after what changed: people, who, messages, forms, home,
 * calls, audit, entra, aws, broken, clock, trouble.
 */
export class World extends EventTarget {
  people = [];
  access = [];
  bot = "";
  who = "";
  /** Where one talks to the bot: slack or teams. */
  chat = "slack";
  /** What one can see in the chat; null until it was read. */
  messages = null;
  forms = [];
  /** The app's Home tab as published for one; null before that. */
  home = null;
  calls = [];
  audit = [];
  entra = { activations: [], requests: [], groups: {} };
  aws = { memberships: [], users: [], assignments: [] };
  /** A sentence for each thing that is broken or changed by hand. */
  broken = [];
  trouble = "";
  #texts = new Map();
  #reading = null;
  #again = false;
  /** Whether the trouble is that the world cannot be read; it ends when that works again. */
  #lost = false;

  /** Learn who and what there is, then follow what happens. */
  async start(who) {
    const told = JSON.parse(await look("people"));
    this.people = told.people;
    this.access = told.access;
    this.bot = told.bot;
    this.#fire("people");
    const [key, chat] = who.split("@");
    this.#enter(this.people.some((one) => one.key === key) ? key : "engineer", chat);
    follow(
      () => this.read(),
      () => this.#sameAsBefore(),
    );
  }

  /** After the world was away: if it is another one now, nothing shown here is true any more. */
  async #sameAsBefore() {
    try {
      if (JSON.parse(await look("people")).bot !== this.bot) location.reload();
    } catch (error) {
      this.tell(error.message);
    }
  }

  /** The person one is. */
  get me() {
    return this.people.find((one) => one.key === this.who);
  }

  /** The chats in which one has an account. */
  get chats() {
    return CHATS.filter((one) => this.me[one]);
  }

  /** Where one is: whose conversation in which chat. */
  get place() {
    return this.chat === "slack" ? this.who : `${this.who}@${this.chat}`;
  }

  /** What the chat one is in is called. */
  get chatName() {
    return this.chat === "teams" ? "Teams" : "Slack";
  }

  /** A command as it is typed in the chat one is in: in Teams one just tells the bot. */
  typed(command) {
    return this.chat === "teams" ? command.replace(`${COMMAND} `, "") : command;
  }

  /** Be somebody else from now on, in the same chat where they have it. */
  become(who) {
    if (who !== this.who) this.#enter(who, this.chat);
  }

  /** Go on in another chat, as the same person. */
  talkIn(chat) {
    if (chat !== this.chat) this.#enter(this.who, chat);
  }

  #enter(who, chat) {
    this.who = who;
    this.chat = this.chats.includes(chat) ? chat : this.chats[0];
    this.messages = null;
    this.forms = [];
    this.home = null;
    this.#texts.delete("messages");
    this.#texts.delete("forms");
    this.#texts.delete("home");
    this.#fire("who");
    this.read();
  }

  /** Look at everything again; calls that come while looking make one more look. */
  async read() {
    this.#again = true;
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readUntilDone() {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#readOnce();
        if (this.#lost) this.#set("trouble", "");
        this.#lost = false;
      } catch (error) {
        this.#lost = true;
        this.#set("trouble", error.message);
      }
    }
  }

  async #readOnce() {
    const { who, chat, place } = this;
    const mine = { chat, who };
    const seen = String(this.calls.at(-1)?.n ?? 0);
    const [clock, messages, forms, home, calls, audit, entra, aws, broken] = await Promise.all([
      look("clock"),
      look("messages", mine),
      look("forms", mine),
      look("home", mine),
      look("calls", { after: seen }),
      look("audit"),
      look("entra"),
      look("aws"),
      look("broken"),
    ]);
    setClock(JSON.parse(clock).now);
    this.#fire("clock");
    if (place !== this.place) {
      this.#again = true;
      return;
    }
    const fresh = JSON.parse(calls);
    if (fresh.length) this.#set("calls", [...this.calls, ...fresh]);
    this.#take("audit", audit);
    this.#take("entra", entra);
    this.#take("aws", aws);
    this.#take("broken", broken);
    this.#take("messages", messages);
    this.#take("forms", forms);
    this.#take("home", home);
  }

  #take(name, text) {
    if (this.#texts.get(name) === text) return;
    this.#texts.set(name, text);
    this.#set(name, JSON.parse(text));
  }

  #set(name, value) {
    if (this[name] === value) return;
    this[name] = value;
    this.#fire(name);
  }

  #fire(name) {
    this.dispatchEvent(new Event(name));
  }

  /** Call `then` now and whenever one of the named things changes. */
  watch(names, then) {
    for (const name of names.split(" ")) this.addEventListener(name, then);
    then();
  }

  /** Say that something went wrong. */
  tell(trouble) {
    this.#set("trouble", trouble);
  }

  /** Whose object id, user name, Slack or Teams id that is, in words; null when nobody's. */
  nameOf(id) {
    if (!id) return null;
    return (
      this.people.find((one) => [one.oid, one.upn, one.slack, one.teams].includes(id))?.name ?? null
    );
  }

  /** Which access a group id or name is; null when none. */
  accessOf(group) {
    return this.access.find((one) => one.group === group)?.name ?? null;
  }

  /** Type something. Answers {"status", "reply"} or {"undelivered"}. */
  say(text) {
    return this.#act("say", { text });
  }

  /** Press a button of a message, or of a form by the form's id, with what is filled in there. */
  press(message, action, inputs = {}) {
    return this.#act("press", { message, action, inputs });
  }

  /** Open the app's Home tab: the app hears of it. */
  openHome() {
    return this.#act("home", {});
  }

  /** Submit the form in front. */
  submit(form, inputs) {
    return this.#act("submit", { form, inputs });
  }

  /** Fill in one field of the form in front. */
  choose(form, field, value) {
    return this.#act("choose", { form, field, value });
  }

  /** Press Cancel on the form in front. */
  close(form) {
    return this.#act("close", { form });
  }

  /** What a field offers for what was typed: [{"value", "label"}]. */
  async options(form, field, typed) {
    const query = { chat: this.chat, who: this.who, form, field, typed };
    return JSON.parse(await look("options", query)).options ?? [];
  }

  /** Follow a sign-in link in this person's browser to its end; what the last page says. */
  async signIn(url) {
    return (await this.#tell("signin", { who: this.who, url })).page;
  }

  /** Skip time by an ISO 8601 duration. */
  async skip(advance) {
    setClock((await this.#tell("clock", { advance })).now);
  }

  /** Do something to the world itself: break it, mend it, or act in the portal. */
  steer(path, body) {
    return this.#tell(path, body);
  }

  #act(path, body) {
    return this.#tell(path, { chat: this.chat, who: this.who, ...body });
  }

  async #tell(path, body) {
    try {
      const told = await act(path, body);
      this.#set("trouble", "");
      return told;
    } finally {
      this.read();
    }
  }
}
