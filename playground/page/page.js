// The playground's page: puts its parts together and carries out what one does.

import { showBreak } from "./break.js";
import { showCalls } from "./calls.js";
import { showChats } from "./chats.js";
import { clockBar } from "./clockbar.js";
import { composer } from "./composer.js";
import { showConversation } from "./conversation.js";
import { byId, el } from "./dom.js";
import { showForms } from "./form.js";
import { showHoldings } from "./holdings.js";
import { showHome } from "./home.js";
import { Journal } from "./journal.js";
import { showPeople } from "./people.js";
import { showRecord } from "./record.js";
import { tabs } from "./tabs.js";
import { showTour } from "./tour.js";
import { World } from "./world.js";

const FIRST = "/aws-access activate dev-poweruser 1h INC-42 checking the slow index";

async function begin() {
  const world = new World();
  showTrouble(world);
  const facet = tabs(byId("facets"), (panel) => show(["calls", "record", "entra", "aws", "break"], panel));
  const view = tabs(byId("views"), (panel) => (document.body.dataset.view = panel));
  await untilThere(world, location.hash.slice(1));
  const journal = new Journal(world.bot);
  const failed = (error) => world.tell(error.message);
  const acts = actions(world, journal, failed);

  showPeople(world, () => view("chat"));
  const fill = composer(world, journal, acts.say);
  const type = (who, text) => {
    world.become(who);
    view("chat");
    talk();
    fill(world.typed(text));
  };
  showChats(world);
  showConversation(world, journal, acts);
  const talk = showHome(world, acts);
  showForms(world, failed);
  clockBar(world, failed);
  showCalls(world);
  showRecord(world);
  showHoldings(world);
  showTour(world, journal, { type });
  showBreak(world, journal, { type }, failed);
  welcome(world, type);
  facet("calls");
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    view("chat");
    talk();
    byId("line").focus();
  });
  world.watch("who", () => {
    history.replaceState(null, "", `#${world.place}`);
    byId("me").textContent = `You are ${world.me.name} · ${world.me.title}`;
  });
}

/** The world may still be starting: keep trying, and say so. */
async function untilThere(world, who) {
  for (;;) {
    try {
      return await world.start(who);
    } catch (error) {
      world.tell(error.message);
      await new Promise((then) => setTimeout(then, 1000));
    }
  }
}

function show(panels, chosen) {
  for (const id of panels) byId(id).hidden = id !== chosen;
}

function showTrouble(world) {
  const box = byId("trouble");
  world.watch("trouble", () => {
    box.textContent = world.trouble;
    box.hidden = !world.trouble;
  });
}

function actions(world, journal, failed) {
  const attempt = async (act) => {
    try {
      return await act();
    } catch (error) {
      failed(error);
      return null;
    }
  };
  return {
    async say(text) {
      const { chatName } = world;
      const entry = journal.add(world.place, "said", text);
      const told = await attempt(() => world.say(text));
      if (!told) journal.amend(entry, "Not sent.");
      else if (told.undelivered)
        journal.amend(entry, `${chatName} delivers this to nobody: ${told.undelivered}.`);
    },
    async press(message, id, inputs, face, node) {
      const { place, chatName } = world;
      // Of a link, Slack tells the app; Teams does not.
      if (message.chat === "teams" && face.url) return;
      node.setAttribute("aria-busy", "true");
      const told = await attempt(() => world.press(message.id, id, inputs));
      node.removeAttribute("aria-busy");
      if (told?.undelivered)
        journal.add(place, "note", `${chatName} does not deliver the click:`, told.undelivered);
    },
    async openHome() {
      const { place } = world;
      const told = await attempt(() => world.openHome());
      if (told?.undelivered)
        journal.add(place, "note", "Slack opens no Home tab:", told.undelivered);
    },
    outside(url) {
      journal.add(
        world.place,
        "note",
        "This link leads out of the playground, to",
        `${url}\nNothing of what happens here exists there, so this page does not follow it.`,
      );
    },
    async signIn(url, node) {
      const { place } = world;
      const name = world.me.name;
      node.setAttribute("aria-busy", "true");
      node.disabled = true;
      const page = await attempt(() => world.signIn(url));
      node.disabled = false;
      node.removeAttribute("aria-busy");
      if (page !== null)
        journal.add(place, "note", `${name}’s browser ends at a page that says:`, page);
    },
  };
}

function welcome(world, type) {
  byId("welcome").append(
    el("h3", {}, "Ask for AWS where you already talk"),
    el(
      "p",
      {},
      "Everything you type here goes to the real bot over Slack’s and Teams’ own protocols. It activates access in Entra as the person you are, watches AWS, and tells you what is true.",
    ),
    el(
      "button",
      { type: "button", class: "button is-primary", onclick: () => type("engineer", FIRST) },
      "Start with an example",
    ),
    el("p", { class: "hint" }, "It fills the line below; ", el("kbd", {}, "Enter"), " sends it."),
  );
}

begin();
