import { DatabaseError, readScimToken, withDatabase } from "../clients/database/database";
import { InputErrors, UNKNOWN, type FunctionHandler } from "../host/types";
import { databaseSettings, type SmallstepConfig } from "../clients/database/providerSettings";

/** Handler of `usersync:smallstep:getScimLogin`. Its arguments are documented in sdk/getScimLogin.ts. */
export const getScimLogin: FunctionHandler<SmallstepConfig> = {
  secretOutputs: ["token"],

  async invoke(ctx, args) {
    const { directoryId, directoryColumn = "directory_id" } = args;
    if (directoryId === UNKNOWN || directoryColumn === UNKNOWN) return { token: UNKNOWN };
    if (typeof directoryId !== "string" || directoryId === "") {
      throw new InputErrors([{ property: "directoryId", reason: "must be the id of a directory." }]);
    }
    const settings = await databaseSettings(ctx.config.database);
    try {
      const token = await withDatabase(settings, (client) =>
        readScimToken(client, directoryId, String(directoryColumn)),
      );
      return { token };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      throw new InputErrors([{ property: "directoryId", reason: error.message }]);
    }
  },
};
