// What one can say, offered while typing: the commands, the accesses, and some lengths.

const COMMAND = "/aws-access";
const WORDS = [
  ["activate", "get an access; without more, a form opens"],
  ["again", "the last one once more, with a fresh reason"],
  ["status", "what I have, and what I am waiting for"],
  ["deactivate", "end an activation now"],
  ["withdraw", "take back a request"],
  ["recent", "the latest decisions"],
  ["explain", "why I can have it or not"],
  ["link", "sign in now, so that nothing waits for it later"],
  ["unlink", "forget who I am in Entra"],
  ["help", "what I can say"],
];
const LENGTHS = [
  ["30m", "30 minutes"],
  ["1h", "an hour"],
  ["2h", "two hours"],
];
const TAKES_ACCESS = new Set(["activate", "deactivate", "recent", "explain"]);
const SETUPS = {
  "identity-center": "Identity Center, users made by hand",
  "identity-center-scim": "Identity Center with SCIM",
  "single-account": "AWS Single-Account Access",
  saml: "another SAML app",
};

/**
 * What could complete the line: [{"line", "word", "hint"}]. `begin` is what every command begins
 * with: Slack's slash command, and nothing in Teams.
 */
export function offersFor(line, access, begin) {
  if (!line) return [];
  if (begin && COMMAND.startsWith(line) && line !== COMMAND)
    return [offer("", COMMAND, "the bot’s command")];
  if (!line.startsWith(begin)) return [];
  const words = line.split(/\s+/);
  const begun = words.pop();
  const said = words.slice(begin ? 1 : 0);
  return candidates(said, access)
    .filter(([word]) => word.startsWith(begun) && word !== begun)
    .map(([word, hint]) => offer(words.map((one) => `${one} `).join(""), word, hint));
}

function offer(before, word, hint) {
  return { line: `${before}${word} `, word, hint };
}

function candidates(said, access) {
  if (said.length === 0) return WORDS;
  if (said.length === 1 && TAKES_ACCESS.has(said[0])) {
    return access.map((one) => [one.name, SETUPS[one.setup] ?? ""]);
  }
  return said.length === 2 && said[0] === "activate" ? LENGTHS : [];
}

/** The examples shown above the line, for a person. */
export function examplesFor(person) {
  const reads = ["/aws-access status", "/aws-access recent", "/aws-access help"];
  const wants = (person?.eligible ?? []).includes("dev-poweruser");
  const first = [
    "/aws-access activate dev-poweruser 1h INC-42 checking the slow index",
    "/aws-access activate",
    "/aws-access deactivate dev-poweruser",
    "/aws-access activate seed-admin 2h first look around",
  ];
  return wants ? [first[0], ...reads, ...first.slice(1)] : [...reads, "/aws-access activate"];
}
