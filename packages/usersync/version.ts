/**
 * Version of the plugin, equal to that of package.json. The SDK requests it from the engine, and the plugin reports it.
 */
export const version = "0.1.0";
