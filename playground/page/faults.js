// What can be broken here: what to do, what to try then, and what one should see.

const PIM = "POST .*assignmentScheduleRequests$";
/** Whose access each entry is about. */
export const DEV = { who: "engineer", access: "dev-poweruser" };
const ASK = "/aws-access activate dev-poweruser 1h INC-42 checking the slow index";
const LONG = "/aws-access activate dev-poweruser 2h INC-42 checking the slow index";
const STATUS = "/aws-access status";

function fault(system, match, kind, more = {}) {
  return ["fault", { system, match, kind, times: 3, ...more }];
}

function entra(op, more = {}) {
  return ["entra", { op, ...DEV, ...more }];
}

// The bot believes PIM's rules for five minutes; PIM itself has the last word.
function policy(rules) {
  return [entra("policy", rules), ["clock", { advance: "PT6M" }]];
}

function said(text) {
  return ["say", { chat: "slack", who: "engineer", text }];
}

function inSlack(changes) {
  return ["slack/account", { who: "engineer", ...changes }];
}

/**
 * Each: {name, acts: [{label, linked, calls: [[path, body]], line, see}]}. Before `calls` nothing is broken,
 * and nothing asked for or active; the account is linked, unless `linked` is false. `line` is what to type.
 */
export const MENU = [
  {
    name: "Graph and the sign-in",
    acts: [
      {
        label: "PIM is busy (429)",
        calls: [fault("graph", PIM, "status", { status: 429, retry_after: 2 })],
        line: ASK,
        see: "The card stays at “Activating” for some seconds; it is sent again by itself, and goes through.",
      },
      {
        label: "PIM is down (503)",
        calls: [fault("graph", PIM, "status", { status: 503 })],
        line: ASK,
        see: "“I do not know yet whether dev-poweruser is active”. Skip 5 min: it looked first, asked again, and it is active once.",
      },
      {
        label: "PIM’s answer is lost",
        calls: [fault("graph", PIM, "lost_answer", { times: 1 })],
        line: ASK,
        see: "The bot looks whether it happened before it would ask again: one activation, not two. The calls show it.",
      },
      {
        label: "Graph does not answer",
        calls: [fault("graph", "", "reset", { times: 40 })],
        line: "/aws-access activate",
        see: "The form says that Entra does not answer. Mend everything, and send the line again.",
      },
      {
        label: "The sign-in is down",
        linked: false,
        calls: [fault("login", "", "status", { status: 503, times: 20 })],
        line: "/aws-access link",
        see: "Sign in: the page says that Entra does not answer. Mend everything: the same link still works.",
      },
      {
        label: "Consent is missing",
        linked: false,
        calls: [["entra", { op: "consent", missing: true }]],
        line: "/aws-access link",
        see: "Sign in: an administrator must approve this app. Mend everything: the same link still works.",
      },
    ],
  },
  {
    name: "Slack",
    acts: [
      {
        label: "Slack is busy (429)",
        calls: [fault("slack", "chat.postMessage", "status", { status: 429, retry_after: 1 })],
        line: ASK,
        see: "The card comes some seconds later.",
      },
      {
        label: "Slack’s answer is lost",
        calls: [fault("slack", "chat.postMessage", "lost_answer", { times: 1 })],
        line: ASK,
        see: "The bot finds the card that it was never told of, and goes on with it: no second one stays behind.",
      },
      {
        label: "Deactivate Erin in Slack",
        calls: [
          said("/aws-access activate prod-admin 1h INC-42 hotfix"),
          ["clock", { advance: "PT1M" }],
          inSlack({ deactivated: true }),
        ],
        line: STATUS,
        see: "Slack lets Erin say nothing more, and the bot has heard of it: the link is void, and what waited for Avery Approver is withdrawn. Be Avery to read it; the record has it too.",
      },
      {
        label: "Change Erin’s e-mail address",
        calls: [inSlack({ email: "erin@elsewhere.example" })],
        line: ASK,
        see: "The link was void at once, so it asks for a sign-in: that ends with “do not belong together”, and nothing is activated.",
      },
    ],
  },
  {
    name: "AWS and provisioning",
    acts: [
      {
        label: "AWS is down",
        calls: [fault("aws", "", "status", { status: 503, times: 400 })],
        line: ASK,
        see: "Active in Entra; of AWS it says that there is no answer. Mend everything and skip 10 min: AWS has it.",
      },
      {
        label: "A permission is missing",
        calls: [fault("aws", "IsMemberInGroups", "status", { status: 403, times: 1000 })],
        line: ASK,
        see: "The message names the permission, identitystore:IsMemberInGroups, and whom to tell.",
      },
      {
        label: "Provisioning is down",
        calls: [["entra", { op: "scim", down: true }]],
        line: LONG,
        see: "Skip 30 min twice: the card itself says that provisioning is late, and where to look.",
      },
      {
        label: "Provisioning takes 50 min",
        calls: [["entra", { op: "scim", delay: "PT50M" }]],
        line: LONG,
        see: "Skip 30 min, then 10 and 5: late. Another 10: AWS has it.",
      },
    ],
  },
  {
    name: "PIM’s rules for dev-poweruser",
    acts: [
      {
        label: "Require a ticket",
        calls: policy({ ticket: true }),
        line: "/aws-access activate dev-poweruser 1h because",
        see: "“A ticket is required”; “Complete in the Form” has all that you typed.",
      },
      {
        label: "Require an approval",
        calls: policy({ approvers: ["approver"] }),
        line: ASK,
        see: "It waits for Avery Approver, whom you can be; “Withdraw” takes it back.",
      },
      {
        label: "Require MFA",
        linked: false,
        calls: policy({ mfa: true }),
        line: ASK,
        see: "The sign-in is asked for more proof than usual, such as a second factor; then it goes on by itself.",
      },
      {
        label: "At most 30 minutes",
        calls: policy({ max: "PT30M" }),
        line: ASK,
        see: "“1 h is too long: at most 30 min”, and a button that asks for as much.",
      },
    ],
  },
  {
    name: "People and the portal",
    acts: [
      {
        label: "Take the eligibility away",
        calls: [entra("ineligible")],
        line: ASK,
        see: "“You are not eligible for it in PIM”, and a button for what you may activate.",
      },
      {
        label: "Disable Erin’s account",
        calls: [["entra", { op: "disable", who: "engineer" }]],
        line: ASK,
        see: "“Your Entra account is disabled”: nothing is activated, and the link is void.",
      },
      {
        label: "Activate it in the portal",
        calls: [entra("activate")],
        line: ASK,
        see: "“Active already”, and that it was not done here: nothing is sent to PIM.",
      },
      {
        label: "End it in the portal",
        calls: [
          entra("activate"),
          said(STATUS),
          ["clock", { advance: "PT6M" }],
          entra("deactivate"),
        ],
        line: STATUS,
        see: "It was active a moment ago; now it has ended, not by the bot, and the bot says so.",
      },
    ],
  },
];
