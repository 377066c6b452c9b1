import { randomUUID } from "node:crypto";
import { type Outcome, alternate, median, seconds } from "../measure";
import { withSandbox, type Bench } from "./stacks";

// The last three counts are evenly spaced. The cost of the first two teams overlaps with other waits of the engine, so it is no measure.
const teamCounts = [1, 10, 30, 50];
const groupCounts = [2, 20, 110, 200];

/**
 * The engine writes the whole state before and after each resource, so the time of an `up` grows with the square of the number of
 * resources. This cost is the same for every program, so the benchmark excludes it.
 */
const withoutCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true" };

interface Grown {
  count: number;
  /** Milliseconds of the first up and of a preview without changes (median of three), and the Graph requests of each. */
  up: number;
  preview: number;
  upRequests: number;
  previewRequests: number;
}

/** Measures one stack with increasing numbers of teams and of groups: the cost of one must not grow with the number of the others. */
export function benchGrowth(): Promise<Outcome> {
  return withSandbox(async (bench) => {
    // A Pod for each team would slow down the measured operations, and no `up` waits for one.
    await bench.environment.runner?.close();
    const teams: Grown[] = [];
    for (const count of teamCounts)
      teams.push(await grow(bench, `teams-${count}`, count, await withTeams(bench, count)));
    const groups: Grown[] = [];
    for (const count of groupCounts) groups.push(await grow(bench, `groups-${count}`, count, withGroups(bench, count)));
    const of = (objects: string, all: Grown[]) =>
      all.map(({ count, up, preview, upRequests, previewRequests }): [string, string] => [
        `${count} ${objects}`,
        `up ${seconds(up)} (${upRequests} requests), preview ${seconds(preview)} (${previewRequests} requests)`,
      ]);
    const targets = [
      ...(["up", "preview"] as const).map((operation) => growth(`${operation}: a team`, teams, operation)),
      ...(["up", "preview"] as const).map((operation) => growth(`${operation}: a group`, groups, operation)),
    ];
    return { rows: [...of("teams", teams), ...of("groups", groups)], targets, figures: { teams, groups } };
  });
}

/** Returns the marginal cost in the last interval divided by that in the interval before it. Above 1: cost grows faster than linearly. */
function growth(name: string, all: readonly Grown[], operation: "up" | "preview"): Outcome["targets"][number] {
  const [from, middle, to] = all.slice(-3) as [Grown, Grown, Grown];
  const slope = (one: Grown, other: Grown) => (other[operation] - one[operation]) / (other.count - one.count);
  const value = slope(middle, to) / slope(from, middle);
  return { name: `${name} late / early`, value, unit: "", sense: "<=", limit: 1.2 };
}

async function grow({ environment, stack }: Bench, name: string, count: number, settings: object): Promise<Grown> {
  const made = await stack({ name, settings, env: withoutCheckpoints });
  const timed = async (work: () => Promise<unknown>) => {
    const before = environment.graph.requests.all().length;
    const startedAt = performance.now();
    await work();
    return [performance.now() - startedAt, environment.graph.requests.all().length - before] as const;
  };
  const [up, upRequests] = await timed(() => made.up());
  const [first, previewRequests] = await timed(() => made.preview());
  const { again } = await alternate({ again: () => made.preview() }, 2);
  const preview = median([first, ...again]);
  await made.destroy();
  process.stderr.write(`${name}: up ${seconds(up)}, preview ${seconds(preview)}\n`);
  return { count, up, preview, upRequests, previewRequests };
}

/** Creates that many Smallstep teams, each with an empty directory, so that their Jobs wait for users as in a first deployment. */
async function withTeams({ environment, settings }: Bench, count: number): Promise<object> {
  const { smallstep: ownSettings, scim, ...shared } = settings;
  const teams: Record<string, object> = {};
  for (let number = 1; number <= count; number++) {
    const slug = `team-${count}-${number}`;
    const directoryId = randomUUID();
    await environment.smallstep.query(
      "with team as (insert into teams (slug, name) values ($1, $1) returning id), " +
        "directory as (insert into directories (id, team_id, name) select $2::uuid, id, $1 from team returning id) " +
        "insert into scim_logins (directory_id, token) select id, $3 from directory",
      [slug, directoryId, `token-of-${slug}-${randomUUID()}`],
    );
    teams[`t${number}`] = { scim: { directoryId }, smallstep: { teamSlug: slug } };
  }
  const { teamSlug: _slug, ...smallstep } = ownSettings;
  const { directoryId: _directory, ...server } = scim;
  return { ...shared, groups: [{ create: "ssh" }, { create: "sudo" }], smallstep, scim: server, teams };
}

function withGroups({ settings }: Bench, count: number): object {
  return { ...settings, groups: Array.from({ length: count }, (_, index) => ({ create: `group-${index + 1}` })) };
}
