import { map } from "../resource";
import type { ResourceRule } from "../rule";

export const databaseRoleOfTheJob: ResourceRule = {
  name: "least-database-privilege",
  description: "Roles that the stack makes get privileges on columns only, and no say over roles or databases.",
  level: "mandatory",
  types: ["postgresql:index/grant:Grant", "postgresql:index/role:Role"],
  check({ type, props }) {
    if (type.endsWith(":Grant")) {
      const { objectType } = props;
      if (typeof objectType !== "string" || objectType === "column") return [];
      return [`objectType is ${objectType}: the Job needs two columns of teams, and no more.`];
    }
    const rights = ["superuser", "createDatabase", "createRole", "bypassRowLevelSecurity", "replication"];
    return rights.filter((right) => props[right] === true).map((right) => `${right} is true.`);
  },
};

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

export const databaseIsVerified: ResourceRule = {
  name: "database-tls-verified",
  description: "Connections to folk check who answers (sslmode verify-full).",
  level: "mandatory",
  types: ["kubernetes:core/v1:ConfigMap"],
  check({ props }) {
    const { PGHOST: host, PGSSLMODE: sslmode } = map(props["data"]);
    if (typeof sslmode !== "string" || sslmode === "verify-full") return [];
    if (typeof host === "string" && loopback.test(host)) return [];
    return [
      `data.PGSSLMODE is ${sslmode}: somebody between the Job and folk could read or answer. Set database.sslmode.`,
    ];
  },
};
