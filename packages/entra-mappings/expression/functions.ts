/** One parameter of a function. */
export interface ParameterSpec {
  /** Name in the function reference. */
  name: string;
  /**
   * The key under which Microsoft Graph stores the argument in `attributeMappingSource.parameters`.
   * The keys of Append, Prepend, FormatDateTime, IsNothing, Join, Mid, Not, Replace, SingleAppRoleAssignment, Split, StripSpaces
   * and Switch come from Graph's `synchronizationSchema: functions`. There, Replace's keys differ from the reference, and repeated
   * arguments share one key. For all other functions the keys are undocumented; the key is the reference's parameter name.
   */
  key: string;
  required: boolean;
  /** Whether the argument may be a comparison such as `[country]="USA"`. Default: false. */
  condition?: boolean;
  /** Keywords that are allowed as the argument. Default: the flow keywords. */
  keywords?: readonly string[];
}

/** A function of the mapping language. */
export interface FunctionSpec {
  name: string;
  parameters: readonly ParameterSpec[];
  /** Number of parameters at the end that repeat as a group: 1 for Join's sources, 2 for Switch's key and value. */
  repeating: number;
  /** Minimum and maximum number of arguments, including blank ones. */
  minimum: number;
  maximum: number;
  /** Whether the value can be computed from the attributes alone. */
  previewable: boolean;
  /** Why the function is not previewable: the end of a sentence that begins with "it". */
  reason?: string;
}

/** Keywords that replace a value: provisioning does not change the attribute, or the whole object. */
export const flowKeywords = ["IgnoreAttributeFlow", "IgnoreObjectFlow"] as const;
const compareKeywords = ["vbBinaryCompare", "vbTextCompare"] as const;

/** `name`; `name?` if optional; `name:key` if Graph's key differs; `name...` if repeated. */
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
  // Previewable only if the caller sets the domain; see the options of compile.
  define("DefaultDomain", []),
  // Graph lists three parameters, the reference four. Three arguments mean source, inputFormat and outputFormat.
  define("FormatDateTime", ["source", "dateTimeStyles?", "inputFormat", "outputFormat"], { minimum: 3 }),
  define("Guid", [], { reason: "returns a new random value for each call" }),
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
  // Previewable only if the caller sets the time; see the options of compile.
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
    { reason: "returns a new random value for each call" },
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
    reason: "depends on the values that exist in the target directory",
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

/** All functions of the language by documented name. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(specs.map((spec) => [spec.name, spec]));

const byLowerCase = new Map(specs.map((spec) => [spec.name.toLowerCase(), spec]));

/**
 * Finds a function by name; ignores case. The reference defines the syntax as case-sensitive, but uses `switch(` and
 * `IsNullorEmpty` itself.
 */
export function findFunction(name: string): FunctionSpec | undefined {
  return byLowerCase.get(name.toLowerCase());
}

/** Returns the specification of the argument at `index`, including repeated parameters. */
export function parameterAt(spec: FunctionSpec, index: number): ParameterSpec | undefined {
  if (index < spec.parameters.length || spec.repeating === 0) return spec.parameters[index];
  const first = spec.parameters.length - spec.repeating;
  return spec.parameters[first + ((index - first) % spec.repeating)];
}
