// Bringing the world to where an entry of the menu begins, whatever was tried before.

import { look } from "./control.js";

const CHAT = "slack";
const OPEN = /^(awaiting|activating|scheduled|unknown)/;
const GONE_FROM_AWS = 41; // minutes: Entra's provisioning takes a member away within 40
const BELIEVED = 6; // minutes: the bot believes what PIM's rules were for five
const TRIES = 60;
const PAUSE_MS = 150;

/**
 * Mend everything, take back what somebody asked for, let what they have of an access be over, and link
 * their account (`linked`) or unlink it. Everything is done as people do it: said, pressed, waited for.
 */
export async function startOver(world, { who, access, linked }) {
  await world.steer("mend", {});
  await takeBack(world, who);
  await world.skip(`PT${Math.max(BELIEVED, await untilOver(who, access, world))}M`);
  const say = (text) => world.steer("say", { chat: CHAT, who, text });
  if (linked) await link(world, who, say);
  else await answered(who, () => say("/aws-access unlink"), /Unlinked|no link/);
}

async function takeBack(world, who) {
  const open = (await messages(who)).filter((message) => OPEN.test(message.state ?? ""));
  const ids = new Set(open.map((message) => /\bR-[A-Z0-9]{8}\b/.exec(message.text)?.[0]));
  for (const id of ids)
    await world.steer("say", { chat: CHAT, who, text: `/aws-access withdraw ${id}` });
}

/** In how many minutes what they have of the access is over, also in AWS. */
async function untilOver(who, access, world) {
  const { oid } = world.people.find((one) => one.key === who);
  const { group } = world.access.find((one) => one.name === access);
  const [entra, aws, clock] = await Promise.all(["entra", "aws", "clock"].map(read));
  const ends = entra.activations.filter((a) => a.oid === oid && a.group === group).map((a) => a.end);
  const inAws = aws.memberships.some((m) => m.group === group && m.oid === oid);
  if (!ends.length && !inAws) return 0;
  const left = ends.map((end) => (Date.parse(end) - Date.parse(clock.now)) / 60_000);
  return Math.ceil(Math.max(0, ...left)) + GONE_FROM_AWS;
}

async function link(world, who, say) {
  const said = await answered(who, () => say("/aws-access link"), /Sign in first|You are linked/);
  const url = said?.buttons.find((button) => button.url)?.url;
  if (url) await answered(who, () => world.steer("signin", { who, url }), /You are linked/);
}

/** The message with these words that comes after `act`; null where nothing reaches the bot. */
async function answered(who, act, words) {
  const before = new Set((await messages(who)).map((m) => m.id));
  const told = await act();
  if (told.undelivered || told.status !== 200) return null;
  return until(async () => (await messages(who)).find((m) => !before.has(m.id) && words.test(m.text)));
}

async function until(found) {
  for (let n = 0; n < TRIES; n += 1) {
    const it = await found();
    if (it) return it;
    await new Promise((then) => setTimeout(then, PAUSE_MS));
  }
  throw new Error("The bot did not get there. Is it still running?");
}

async function messages(who) {
  return JSON.parse(await look("messages", { chat: CHAT, who }));
}

async function read(path) {
  return JSON.parse(await look(path));
}
