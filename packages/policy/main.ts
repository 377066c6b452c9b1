import { PolicyPack, type Policies, type PolicyResource, type ResourceValidationArgs } from "@pulumi/policy";
import { plain } from "./plain";
import type { Resource } from "./resource";
import type { Rule } from "./rule";
import { rules } from "./rules/rules";

/** The entry point of `pulumi preview --policy-pack policy` and `pulumi up --policy-pack policy`. The rules are in rules/. */
new PolicyPack("smallstep-ssh-azuread", { policies: rules.map(policyOf) });

function policyOf(rule: Rule): Policies[number] {
  const { name, description, level: enforcementLevel, settings } = rule;
  const common = {
    name,
    description,
    enforcementLevel,
    ...(settings === undefined ? {} : { configSchema: { properties: { ...settings } } }),
  };
  if ("checkStack" in rule) {
    return {
      ...common,
      validateStack: ({ resources }, report) => {
        for (const { urn, message } of rule.checkStack(resources.map(resourceOf))) report(message, urn);
      },
    };
  }
  return {
    ...common,
    validateResource: (args, report) => {
      if (!rule.types.includes(args.type)) return;
      for (const message of rule.check(resourceOf(args), args.getConfig(), Date.now())) report(message);
    },
  };
}

function resourceOf(given: PolicyResource | ResourceValidationArgs): Resource {
  const { type, name, urn } = given;
  const origins = "propertyDependencies" in given ? Object.entries(given.propertyDependencies) : [];
  return {
    type,
    name,
    urn,
    props: plain(given.props),
    comesFrom: Object.fromEntries(origins.map(([property, from]) => [property, from.map((origin) => origin.urn)])),
    ignoreChanges: given.opts.ignoreChanges,
  };
}
