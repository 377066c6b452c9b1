import { describe, expect, it } from "vitest";
import { ExpressionError } from "./error";
import { parse } from "./parser";

/** Returns the message of the error, with a mark in the expression at its position. */
function problemOf(text: string): [message: string, marked: string] {
  try {
    parse(text);
    return expect.fail("should have failed");
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [error.message, `${text.slice(0, error.position)}^${text.slice(error.position)}`];
  }
}

const quotes = 'enclose strings in straight double quotes, "like this".';
const join = "The operators And and Or do not exist; for And, nest IIF in the second argument, for Or in the third.";
const html = "is the code of a character in HTML and XML; write the character itself";

describe("the error of a frequent mistake says what to write", () => {
  it.each([
    ["^ToLowr([mail])", "The function ToLowr does not exist; did you mean ToLower?"],
    [
      "^Foo([mail])",
      "The function Foo does not exist; see the list of functions of Entra's attribute mapping expressions.",
    ],
    ["Append([mail], ^&quot;x&quot;)", `&quot; ${html}, ".`],
    ['IIF([a] ^&lt;&gt; "a", "x", "y")', `&lt; ${html}, <.`],
    ["ToLower(^&#91;mail])", `&#91; ${html}.`],
    ['IIF([a] ^== "a", "x", "y")', "The operator == does not exist; write = to compare."],
    ['IIF([a] ^!= "a", "x", "y")', "The operator != does not exist; write <> to compare."],
    ['[a] ^AND [b] = "1"', join],
    ['IIF([a] = "a" ^and [b] = "1", "x", "y")', join],
    ['IIF(^And([a] = "a", [b] = "1"), "x", "y")', join],
    ['IIF([a] = "a" ^|| [b] = "1", "x", "y")', join],
    ["ToLower(^\u200b[mail])", "The character U+200B is invisible and not allowed here; delete it."],
    ["ToLower([ma^\u200bil])", "The character U+200B is invisible and not allowed here; delete it."],
    ["ToLower([ma^\u{e0041}il])", "The character U+E0041 is invisible and not allowed here; delete it."],
    ["Append([mail], ^\u201cx\u201d)", `The character "\u201c" is not allowed here; ${quotes}`],
    ["Append([mail], ^\u2018x\u2019)", `The character "\u2018" is not allowed here; ${quotes}`],
    ["Append([mail], ^'x')", `The character "'" is not allowed here; ${quotes}`],
    ['"a" ^+ [mail]', 'The character "+" is not allowed here; concatenate strings with Append or Join.'],
    ['Append([mail]^; "x")', 'The character ";" is not allowed here; separate arguments with commas.'],
  ])("%s", (marked, message) => {
    expect(problemOf(marked.replace("^", ""))).toEqual([message, marked]);
  });
});

it("accepts spaces of other kinds between the parts, and every character in a string", () => {
  expect(parse('Append(\u00a0[mail] ,\u3000"\u200b&quot;==")')).toMatchObject({
    arguments: [{ name: "mail" }, { value: "\u200b&quot;==" }],
  });
});
