import { map } from "../resource";
import type { ResourceRule } from "../rule";

export const databaseRoleOfTheJob: ResourceRule = {
  name: "least-database-privilege",
  description: "Database roles of the stack have privileges on columns only and cannot manage roles or databases.",
  level: "mandatory",
  types: ["postgresql:index/grant:Grant", "postgresql:index/role:Role"],
  check({ type, props }) {
    if (type.endsWith(":Grant")) {
      const { objectType } = props;
      if (typeof objectType !== "string" || objectType === "column") return [];
      return [`objectType is ${objectType}: it must be column, because the Job needs two columns of teams only.`];
    }
    const rights = ["superuser", "createDatabase", "createRole", "bypassRowLevelSecurity", "replication"];
    return rights.filter((right) => props[right] === true).map((right) => `${right} is true: it must be false.`);
  },
};

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

export const databaseIsVerified: ResourceRule = {
  name: "database-tls-verified",
  description: "Connections to the database verify the server's certificate and host name (sslmode verify-full).",
  level: "mandatory",
  types: ["kubernetes:core/v1:ConfigMap"],
  check({ props }) {
    const { PGHOST: host, PGSSLMODE: sslmode } = map(props["data"]);
    if (typeof sslmode !== "string" || sslmode === "verify-full") return [];
    if (typeof host === "string" && loopback.test(host)) return [];
    return [
      `data.PGSSLMODE is ${sslmode}: an attacker between the Job and the database could impersonate the server. ` +
        "Set database.sslmode to verify-full.",
    ];
  },
};
