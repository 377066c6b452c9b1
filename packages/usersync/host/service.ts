import type * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  GetSchemaResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type ConfigureRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type GetSchemaRequest,
  type InvokeRequest,
  type ProviderHandshakeRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { diffResponse } from "./diffResponse";
import { toWireFailures } from "./errors";
import { Session } from "./session";
import { decodeSettings, readSettings } from "./settings";
import { type CheckResult, type Plugin, type PropertyMap, type ResourceHandler, InputErrors } from "./types";
import { unary, type Call, type Operation } from "./unary";
import { hasUnknown } from "./wire";

/** Creates the ResourceProvider service of one plugin. */
export function makeService<Config>(
  plugin: Plugin<Config>,
  session = new Session(),
): grpc.UntypedServiceImplementation {
  let configured: { config: Config } | undefined;

  const config = (): Config => {
    if (configured === undefined) throw new Error(`The ${plugin.name} provider has not been configured.`);
    return configured.config;
  };
  const handler = (urn: string): ResourceHandler<Config> => {
    const token = typeOf(urn);
    const found = plugin.resources[token];
    if (found === undefined) throw new Error(`The ${plugin.name} provider has no resource type ${token}.`);
    return found;
  };
  const decodeInto = (call: Call, struct: Parameters<Session["decode"]>[0]): PropertyMap => {
    const decoded = session.decode(struct);
    call.decodedInputs.push(decoded);
    return decoded.value;
  };
  const checkResponse = (call: Call, result: CheckResult): CheckResponse => {
    const response = new CheckResponse();
    response.setInputs(session.encode(result.inputs, call.decodedInputs));
    response.setFailuresList(toWireFailures(result.failures));
    return response;
  };
  const context = (call: Call, urn: string, timeoutSeconds = 0) =>
    session.context(config(), urn, call.signal, timeoutSeconds);

  const operations = {
    async handshake(request: ProviderHandshakeRequest) {
      if (request.getEngineAddress() !== "") session.engine.connect(request.getEngineAddress());
      const response = new ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    },

    async attach(request: PluginAttach) {
      session.engine.connect(request.getAddress());
      return new Empty();
    },

    async getPluginInfo() {
      const response = new PluginInfo();
      response.setVersion(plugin.version);
      return response;
    },

    async getSchema(request: GetSchemaRequest) {
      if (request.getVersion() !== 0)
        throw new Error(`Schema version ${request.getVersion()} is not supported: request version 0.`);
      const response = new GetSchemaResponse();
      response.setSchema(JSON.stringify(plugin.schema ?? { name: plugin.name, version: plugin.version }));
      return response;
    },

    async checkConfig(request: CheckRequest, call: Call) {
      const news = decodeInto(call, request.getNews());
      const { version, ...settings } = news;
      const result = (await plugin.checkConfig?.(decodeSettings(settings, plugin.schema))) ?? {
        inputs: settings,
        failures: [],
      };
      const inputs: PropertyMap = version === undefined ? result.inputs : { ...result.inputs, version };
      return checkResponse(call, { inputs, failures: result.failures });
    },

    async diffConfig(request: DiffRequest, call: Call) {
      // An empty response means "unknown": the engine then compares the settings itself.
      if (plugin.diffConfig === undefined) return new DiffResponse();
      const news = decodeSettings(decodeInto(call, request.getNews()), plugin.schema);
      const sent = request.hasOldInputs() ? request.getOldInputs() : request.getOlds();
      const olds = decodeSettings(decodeInto(call, sent), plugin.schema);
      return diffResponse(await plugin.diffConfig(olds, news));
    },

    async configure(request: ConfigureRequest) {
      const settings = readSettings(request, plugin.schema, session);
      // While a preview does not know all settings, the engine makes no call that needs them.
      if (!hasUnknown(settings)) configured = { config: await plugin.configure(settings) };
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    },

    async check(request: CheckRequest, call: Call) {
      const urn = request.getUrn();
      const news = decodeInto(call, request.getNews());
      const olds = session.decode(request.getOlds()).value;
      return checkResponse(call, await handler(urn).check(context(call, urn), { urn, olds, news }));
    },

    async diff(request: DiffRequest, call: Call) {
      const urn = request.getUrn();
      const oldOutputs = decodeInto(call, request.getOlds());
      const result = await handler(urn).diff(context(call, urn), {
        urn,
        id: request.getId(),
        oldOutputs,
        oldInputs: request.hasOldInputs() ? decodeInto(call, request.getOldInputs()) : oldOutputs,
        newInputs: decodeInto(call, request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      });
      return diffResponse(result);
    },

    async create(request: CreateRequest, call: Call) {
      const urn = request.getUrn();
      const inputs = decodeInto(call, request.getProperties());
      const preview = request.getPreview();
      const resource = handler(urn);
      const created = await resource.create(context(call, urn, request.getTimeout()), { urn, inputs, preview });
      const response = new CreateResponse();
      response.setId(preview ? "" : created.id);
      response.setProperties(session.encode(created.outputs, call.decodedInputs, resource.secretOutputs));
      return response;
    },

    async read(request: ReadRequest, call: Call) {
      const urn = request.getUrn();
      const resource = handler(urn);
      const result = await resource.read(context(call, urn, request.getTimeout()), {
        urn,
        id: request.getId(),
        outputs: decodeInto(call, request.getProperties()),
        inputs: decodeInto(call, request.getInputs()),
      });
      const response = new ReadResponse();
      if (result === undefined) return response; // An empty id means that the resource no longer exists.
      response.setId(result.id);
      response.setInputs(session.encode(result.inputs, call.decodedInputs, resource.secretOutputs));
      response.setProperties(session.encode(result.outputs, call.decodedInputs, resource.secretOutputs));
      return response;
    },

    async update(request: UpdateRequest, call: Call) {
      const urn = request.getUrn();
      const resource = handler(urn);
      const newInputs = decodeInto(call, request.getNews());
      const oldOutputs = session.decode(request.getOlds()).value;
      const oldInputs = request.hasOldInputs() ? session.decode(request.getOldInputs()).value : oldOutputs;
      const { outputs } = await resource.update(context(call, urn, request.getTimeout()), {
        urn,
        id: request.getId(),
        oldInputs,
        oldOutputs,
        newInputs,
        preview: request.getPreview(),
      });
      const response = new UpdateResponse();
      response.setProperties(session.encode(outputs, call.decodedInputs, resource.secretOutputs));
      return response;
    },

    async delete(request: DeleteRequest, call: Call) {
      const urn = request.getUrn();
      const outputs = decodeInto(call, request.getProperties());
      const inputs = request.hasOldInputs() ? decodeInto(call, request.getOldInputs()) : outputs;
      const id = request.getId();
      await handler(urn).delete(context(call, urn, request.getTimeout()), { urn, id, inputs, outputs });
      return new Empty();
    },

    async invoke(request: InvokeRequest, call: Call) {
      const response = new InvokeResponse();
      const called = plugin.functions?.[request.getTok()];
      if (called === undefined) throw new Error(`The ${plugin.name} provider has no function ${request.getTok()}.`);
      const args = decodeInto(call, request.getArgs());
      try {
        const result = await called.invoke(context(call, ""), args);
        response.setReturn(session.encode(result, call.decodedInputs, called.secretOutputs));
      } catch (error) {
        if (!(error instanceof InputErrors)) throw error;
        response.setFailuresList(toWireFailures(error.failures));
      }
      return response;
    },

    async cancel() {
      session.cancel();
      return new Empty();
    },
  };

  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, unary(operation as Operation, session)]),
  );
}

/**
 * Returns the type token of a URN without the parents' types:
 * `urn:pulumi:STACK::PROJECT::PARENT$pkg:module:Type::NAME`.
 */
function typeOf(urn: string): string {
  const types = urn.split("::")[2] ?? "";
  return types.slice(types.lastIndexOf("$") + 1);
}
