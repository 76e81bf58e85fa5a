/** One line of the secrets file: what it is for, and whether a value can be made for it. */
interface SecretSpec {
  readonly name: string;
  readonly meaning: string;
  readonly value: "generated" | "written" | ((password: (name: string) => string) => string);
  /** Commented out in the embedded profile, where nothing reads it. */
  readonly servicesOnly?: boolean;
}

interface Section {
  readonly title: string;
  readonly secrets: readonly SecretSpec[];
}

const SECTIONS: readonly Section[] = [
  {
    title: "Passwords of the servers in compose/ (docker compose --env-file conf/secrets.env up -d)",
    secrets: [
      { name: "TTT_POSTGRES_PASSWORD", meaning: "PostgreSQL's user ttt", value: "generated" },
      { name: "TTT_REDIS_PASSWORD", meaning: "Redis", value: "generated" },
      { name: "TTT_RABBITMQ_PASSWORD", meaning: "RabbitMQ's user ttt", value: "generated" },
      { name: "TTT_GRAFANA_PASSWORD", meaning: "Grafana's user admin", value: "generated" },
    ],
  },
  {
    title: "Where the services are. All three set: the services profile. None: the embedded one",
    secrets: [
      {
        name: "DATABASE_URL",
        meaning: "PostgreSQL",
        value: (password) => `postgresql://ttt:${password("TTT_POSTGRES_PASSWORD")}@127.0.0.1:5432/ttt`,
        servicesOnly: true,
      },
      {
        name: "REDIS_URL",
        meaning: "Redis",
        value: (password) => `redis://:${password("TTT_REDIS_PASSWORD")}@127.0.0.1:6379`,
        servicesOnly: true,
      },
      {
        name: "AMQP_URL",
        meaning: "RabbitMQ",
        value: (password) => `amqp://ttt:${password("TTT_RABBITMQ_PASSWORD")}@127.0.0.1:5672`,
        servicesOnly: true,
      },
    ],
  },
  {
    title: "How people hear of incidents. Contacts in ttt.yaml name these, and may name others that begin with TTT_",
    secrets: [
      { name: "TTT_INCIDENT_SMTP_URL", meaning: "mail server: smtp://user:password@host:587", value: "written" },
      { name: "TTT_SLACK_DESK_URL", meaning: "a Slack incoming webhook", value: "written" },
      { name: "TTT_TEAMS_DESK_URL", meaning: "a Microsoft Teams workflow webhook", value: "written" },
      { name: "TTT_WEBHOOK_URL", meaning: "a webhook of your own", value: "written" },
      { name: "TTT_WEBHOOK_KEY", meaning: "signs what is sent to it", value: "generated" },
    ],
  },
  {
    title: "The account at an exchange, where venue.name is ccxt. A key that may trade, and never withdraw",
    secrets: [
      { name: "TTT_VENUE_API_KEY", meaning: "key of the account", value: "written" },
      { name: "TTT_VENUE_SECRET", meaning: "secret of that key", value: "written" },
    ],
  },
  {
    title: "For clients of an API elsewhere",
    secrets: [{ name: "TTT_API_TOKEN", meaning: "made there by: ttt token create", value: "written" }],
  },
];

const ALL = SECTIONS.flatMap(({ secrets }) => secrets);

/** Names that `ttt init` makes up values for: a weak one among them was put there by hand. */
export const GENERATED_SECRETS: ReadonlySet<string> = new Set(
  ALL.filter(({ value }) => value === "generated").map(({ name }) => name),
);
export const KNOWN_SECRETS: ReadonlySet<string> = new Set(ALL.map(({ name }) => name));
export const COMPOSE_SECRETS: readonly string[] = SECTIONS[0]!.secrets.map(({ name }) => name);

/** The text of a new secrets file, and the names that got a value. */
export function secretsTemplate(
  profile: "embedded" | "services",
  makePassword: () => string,
): { readonly text: string; readonly generated: string[] } {
  const passwords = new Map(ALL.filter(({ value }) => value === "generated").map(({ name }) => [name, makePassword()]));
  const lines = [
    "# Secrets of this stack, read by every ttt command and daemon. Keep it at mode 0600 and out of version control.",
    "# The environment goes over this file, and this file over ttt.yaml. `ttt config check` looks it over.",
  ];
  for (const { title, secrets } of SECTIONS) {
    lines.push("", `# ${title}.`);
    for (const { name, meaning, value, servicesOnly } of secrets) {
      const text = typeof value === "function" ? value((of) => passwords.get(of) ?? "") : (passwords.get(name) ?? "");
      const isActive = text !== "" && (!servicesOnly || profile === "services");
      lines.push(`# ${meaning}`, `${isActive ? "" : "# "}${name}=${text}`);
    }
  }
  return { text: `${lines.join("\n")}\n`, generated: [...passwords.keys()] };
}
