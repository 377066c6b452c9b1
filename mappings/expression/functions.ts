/** One parameter of a function. */
export interface ParameterSpec {
  /** As the function reference calls it. */
  name: string;
  /**
   * The key under which Microsoft Graph stores the argument in `attributeMappingSource.parameters`.
   * Those of Append, Prepend, FormatDateTime, IsNothing, Join, Mid, Not, Replace, SingleAppRoleAssignment, Split, StripSpaces
   * and Switch are what Graph's `synchronizationSchema: functions` lists (Replace's differ from the reference, and repeated
   * arguments share one key). The rest are documented nowhere: there the key is the reference's parameter name.
   */
  key: string;
  required: boolean;
  /** May be a comparison such as `[country]="USA"`. */
  condition?: boolean;
  /** The bare words allowed here. */
  keywords?: readonly string[];
}

/** A function of the mapping language. */
export interface FunctionSpec {
  name: string;
  parameters: readonly ParameterSpec[];
  /** How many of the last parameters repeat, as a group: 1 for Join's sources, 2 for Switch's key and value. */
  repeating: number;
  /** Fewest and most arguments, blanks counted. */
  minimum: number;
  maximum: number;
  /** Whether its value can be told in advance from the attributes alone. */
  previewable: boolean;
  /** Why not, as the end of a sentence that begins with the function's name. */
  reason?: string;
}

/** Bare words that stand for a value: the attribute, or the whole object, is left alone. */
export const flowKeywords = ["IgnoreAttributeFlow", "IgnoreObjectFlow"] as const;
const compareKeywords = ["vbBinaryCompare", "vbTextCompare"] as const;

/** `name`, `name?` when optional, `name:key` when Graph's key differs, `name...` when it repeats. */
type Notation = string;

function parameter(notation: Notation): ParameterSpec & { repeats: boolean } {
  const [, name = "", optional, repeats, key] = /^(\w+)(\?)?(\.\.\.)?(?::(\w+))?$/.exec(notation) ?? [];
  return {
    name,
    key: key ?? name,
    required: optional === undefined,
    repeats: repeats !== undefined,
    ...(name === "compareType" ? { keywords: compareKeywords } : {}),
  };
}

function define(name: string, notations: Notation[], extra: Partial<FunctionSpec> = {}): FunctionSpec {
  const parsed = notations.map(parameter);
  const parameters = parsed.map(({ repeats: _repeats, ...rest }) =>
    name === "IIF" && rest.name === "condition" ? { ...rest, condition: true } : rest,
  );
  const repeating = parsed.filter(({ repeats }) => repeats).length;
  const lastRequired = parameters.findLastIndex(({ required }) => required);
  return {
    name,
    parameters: name === "CBool" ? parameters.map((spec) => ({ ...spec, condition: true })) : parameters,
    repeating,
    minimum: lastRequired + 1,
    maximum: repeating > 0 ? Infinity : parameters.length,
    previewable: extra.reason === undefined,
    ...extra,
  };
}

const dateParameters = (first: string, second: string): Notation[] => ["interval", first, second];

const specs: FunctionSpec[] = [
  define("Append", ["source", "suffix"]),
  define("AppRoleAssignmentsComplex", ["appRoleAssignments:source"], {
    reason: "builds a role object from the identifiers of the user's role assignments",
  }),
  define("AssertiveAppRoleAssignmentsComplex", ["appRoleAssignments:source"], {
    reason: "builds a role object from the identifiers of the user's role assignments",
  }),
  define("BitAnd", ["value1", "value2"]),
  define("CBool", ["Expression"]),
  define("CDate", ["expression"]),
  define("Coalesce", ["source..."]),
  define("ConvertToBase64", ["source"]),
  define("ConvertToUTF8Hex", ["source"]),
  define("Count", ["attribute"]),
  define("CStr", ["value"]),
  define("DateAdd", dateParameters("value", "dateTime")),
  define("DateDiff", dateParameters("date1", "date2")),
  define("DateFromNum", ["value"]),
  // Previewable only where the caller names the domain: see compile's options.
  define("DefaultDomain", []),
  // Graph lists three parameters, the reference four. Three arguments are taken as source, inputFormat, outputFormat.
  define("FormatDateTime", ["source", "dateTimeStyles?", "inputFormat", "outputFormat"], { minimum: 3 }),
  define("Guid", [], { reason: "makes a new random value each time" }),
  define("IgnoreFlowIfNullOrEmpty", ["expression"]),
  define("IIF", ["condition", "valueIfTrue", "valueIfFalse"]),
  define("InStr", ["value1", "value2", "start?", "compareType?"]),
  define("IsNothing", ["source"]),
  define("IsNull", ["Expression"]),
  define("IsNullOrEmpty", ["Expression"]),
  define("IsPresent", ["Expression"]),
  define("IsString", ["Expression"]),
  define("Item", ["attribute", "index"]),
  define("Join", ["separator", "source..."]),
  define("Left", ["String", "NumChars"]),
  define("Len", ["String"]),
  define("Mid", ["source", "start", "length"]),
  define("NormalizeDiacritics", ["source"]),
  define("Not", ["source"]),
  // Previewable only where the caller says what time it is: see compile's options.
  define("Now", []),
  define("NumFromDate", ["value"]),
  define("PCase", ["source", "wordSeparators?"]),
  define("Prepend", ["prefix", "source"]),
  define(
    "RandomString",
    [
      "Length",
      "MinimumNumbers",
      "MinimumSpecialCharacters",
      "MinimumCapital",
      "MinimumLowerCase",
      "CharactersToAvoid?",
    ],
    { reason: "makes a new random value each time" },
  ),
  define("Redact", ["value"]),
  define("RemoveDuplicates", ["attribute"]),
  define("Replace", [
    "source",
    "oldValue?:Find",
    "regexPattern?:RegularExpression",
    "regexGroupName?:RegularExpressionGroupName",
    "replacementValue?:Replacement",
    "replacementAttributeName?:ReplacementPropertyName",
    "template?:Template",
  ]),
  define("SelectUniqueValue", ["uniqueValueRule..."], {
    minimum: 2,
    reason: "depends on which values are taken in the target directory",
  }),
  define("SingleAppRoleAssignment", ["appRoleAssignments:source"]),
  define("Split", ["source", "delimiter"]),
  define("StripSpaces", ["source"]),
  define("Switch", ["source", "defaultValue?", "key...:switchValue", "value...:switchValue"]),
  define("ToLower", ["source", "culture?"]),
  define("ToUpper", ["source", "culture?"]),
  define("Trim", ["source"]),
  define("Word", ["String", "WordNumber", "delimiters"]),
];

/** Every function of the language by its documented name. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(specs.map((spec) => [spec.name, spec]));

const byLowerCase = new Map(specs.map((spec) => [spec.name.toLowerCase(), spec]));

/**
 * The function of that name in any case. The reference calls its syntax case-sensitive, yet prints `switch(` and `IsNullorEmpty`.
 */
export function findFunction(name: string): FunctionSpec | undefined {
  return byLowerCase.get(name.toLowerCase());
}

/** The specification of the argument at `index`, repeated parameters included. */
export function parameterAt(spec: FunctionSpec, index: number): ParameterSpec | undefined {
  if (index < spec.parameters.length || spec.repeating === 0) return spec.parameters[index];
  const first = spec.parameters.length - spec.repeating;
  return spec.parameters[first + ((index - first) % spec.repeating)];
}
