// Reads cards (JSON on stdin) as a client of Adaptive Cards 1.5 does, and tells what it finds wrong.

const [, , renderer] = process.argv;
const { AdaptiveCard, HostConfig, SerializationContext, Versions } = require(renderer);
const { readFileSync } = require("node:fs");

/** Teams puts those beyond the sixth, which are `secondary`, into a menu. */
const TEAMS = new HostConfig({ actions: { maxActions: 12 } });

/** Everything that is wrong with one card. */
function wrong(card) {
  const context = new SerializationContext(Versions.v1_5);
  const read = new AdaptiveCard();
  read.hostConfig = TEAMS;
  read.parse(card, context);
  const found = read.validateProperties().validationEvents.map((one) => one.message);
  for (let n = 0; n < context.eventCount; n++) found.push(context.getEventAt(n).message);
  return found;
}

const cards = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cards.map(wrong)));
