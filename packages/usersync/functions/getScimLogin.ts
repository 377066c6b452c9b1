import * as z from "zod/mini";

import { DatabaseError, readScimToken, withDatabase } from "../clients/database/database";
import { databaseSettings, type SmallstepConfig } from "../clients/database/providerSettings";
import { defineFunction } from "../host/define";
import { property } from "../host/properties";
import { type CallContext, InputErrors } from "../host/types";

export const getScimLogin = defineFunction({
  token: "usersync:smallstep:getScimLogin",
  description: "Reads the SCIM token of a directory from the `folk` database. Rejects an unknown directory.",
  inputs: {
    directoryId: property(
      "Id (GUID) of the directory that was created in Smallstep's UI.",
      z.string().check(z.minLength(1)),
    ),
    directoryColumn: property(
      "Column of the table `scim_logins` with the directory's id. Smallstep does not document it.",
      z._default(z.string(), "directory_id"),
    ),
  },
  outputs: {
    token: property("Bearer token of the directory's SCIM endpoint.", z.string(), { secret: true }),
  },

  async invoke(ctx: CallContext<SmallstepConfig>, { directoryId, directoryColumn }) {
    const settings = await databaseSettings(ctx.config.database);
    try {
      return { token: await withDatabase(settings, (client) => readScimToken(client, directoryId, directoryColumn)) };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      throw new InputErrors([{ property: "directoryId", reason: error.message }]);
    }
  },
});
