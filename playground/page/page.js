// The playground's page: puts its parts together and carries out what one does.

import { showCalls } from "./calls.js";
import { clockBar } from "./clockbar.js";
import { composer } from "./composer.js";
import { showConversation } from "./conversation.js";
import { byId, el } from "./dom.js";
import { showForms } from "./form.js";
import { showHoldings } from "./holdings.js";
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
  const facet = tabs(byId("facets"), (panel) => show(["calls", "record", "entra", "aws"], panel));
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
    fill(text);
  };
  showConversation(world, journal, acts);
  showForms(world, failed);
  clockBar(world, failed);
  showCalls(world);
  showRecord(world);
  showHoldings(world);
  showTour(world, journal, { type });
  welcome(world, type);
  facet("calls");
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    view("chat");
    byId("line").focus();
  });
  world.watch("who", () => {
    history.replaceState(null, "", `#${world.who}`);
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
      const entry = journal.add(world.who, "said", text);
      const told = await attempt(() => world.say(text));
      if (!told) journal.amend(entry, "Not sent.");
      else if (told.undelivered)
        journal.amend(entry, `Slack delivers this to nobody: ${told.undelivered}.`);
    },
    async press(message, element, node) {
      const who = world.who;
      node.setAttribute("aria-busy", "true");
      const told = await attempt(() => world.press(message.id, element.action_id));
      node.removeAttribute("aria-busy");
      if (told?.undelivered)
        journal.add(who, "note", "Slack does not deliver the click:", told.undelivered);
    },
    outside(url) {
      journal.add(
        world.who,
        "note",
        "This link leads out of the playground, to",
        `${url}\nNothing of what happens here exists there, so this page does not follow it.`,
      );
    },
    async signIn(url, node) {
      const who = world.who;
      const name = world.me.name;
      node.setAttribute("aria-busy", "true");
      node.disabled = true;
      const page = await attempt(() => world.signIn(url));
      node.disabled = false;
      node.removeAttribute("aria-busy");
      if (page !== null)
        journal.add(who, "note", `${name}’s browser ends at a page that says:`, page);
    },
  };
}

function welcome(world, type) {
  byId("welcome").append(
    el("h3", {}, "Ask for AWS where you already talk"),
    el(
      "p",
      {},
      "Everything you type here goes to the real bot over Slack’s own protocol. It activates access in Entra as the person you are, watches AWS, and tells you what is true.",
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
