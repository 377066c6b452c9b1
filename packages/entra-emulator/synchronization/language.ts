import type { InputValue } from "entra-mappings";
import type { Endpoint } from "../http/endpoint";
import { badRequest, ok } from "../http/reply";
import { objectBody } from "../odata/references";
import { explainExpression, functionList } from "./expressions";
import { jobRecord, readSynchronization } from "./lookup";

const base = "/servicePrincipals/:id/synchronization/jobs/:job/schema";

const filterOperators = [
  { name: "EQUALS", arity: "Binary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String", "Integer"] },
  { name: "NOT EQUALS", arity: "Binary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String"] },
  { name: "IS TRUE", arity: "Unary", multivaluedComparisonType: "All", supportedAttributeTypes: ["Boolean"] },
  { name: "IS FALSE", arity: "Unary", multivaluedComparisonType: "All", supportedAttributeTypes: ["Boolean"] },
  { name: "IS NULL", arity: "Unary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String"] },
  { name: "IS NOT NULL", arity: "Unary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String"] },
  { name: "REGEX MATCH", arity: "Binary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String"] },
  { name: "NOT REGEX MATCH", arity: "Binary", multivaluedComparisonType: "All", supportedAttributeTypes: ["String"] },
];

export const languageEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: `${base}/functions`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      jobRecord(call);
      return ok({ value: functionList() });
    },
  },
  {
    method: "GET",
    path: `${base}/filterOperators`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      jobRecord(call);
      return ok({ value: filterOperators });
    },
  },
  {
    method: "POST",
    path: `${base}/parseExpression`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      jobRecord(call);
      const body = objectBody(call.body);
      if (typeof body["expression"] !== "string") throw badRequest("A value is required for 'expression'.");
      return ok(explainExpression(body["expression"], testProperties(body["testInputObject"])));
    },
  },
];

function testProperties(given: unknown): ReadonlyMap<string, InputValue> | null {
  const properties = (given as { properties?: unknown } | null | undefined)?.properties;
  if (!Array.isArray(properties)) return null;
  return new Map((properties as { key: string; value: InputValue }[]).map(({ key, value }) => [key, value]));
}
