/** The plugin's version, the same as package.json's: what the engine is asked for, and what the plugin answers. */
export const version = "0.1.0";
