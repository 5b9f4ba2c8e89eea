import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  escapeGithubData,
  escapeGithubProperty,
  escapeMarkdown,
  escapeTerminal,
  escapeXml,
  fencedMarkdown,
} from "./escape.ts";

const anyText = fc.string({ unit: "binary", maxLength: 40 });

/** What must never reach a terminal, by Unicode's own properties instead of our table. */
const ACTS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u;

describe("text for a terminal", () => {
  test("holds no control character and no bidirectional override, whatever the scenario prints", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeTerminal(text)).not.toMatch(ACTS);
      }),
      { numRuns: 2000 },
    );
    for (let code = 0; code < 0x3000; code += 1) expect(escapeTerminal(String.fromCodePoint(code))).not.toMatch(ACTS);
  });

  test("is the text itself where it is harmless", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(escapeTerminal(text)).toBe(text);
      }),
    );
    expect(escapeTerminal("Straße 東京 é 🎫")).toBe("Straße 東京 é 🎫");
  });

  test("shows what it replaced", () => {
    expect(escapeTerminal("a\u001b[31mb\u202ec\nd\te\rf\u0000\u009b\u{e0041}\ud800")).toBe(
      "a\\x1b[31mb\\u202ec\\nd\\te\\rf\\x00\\x9b\\u{e0041}\\ud800",
    );
  });
});

describe("text for other places", () => {
  test("XML has no markup, no raw line end and no character that XML forbids", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeXml(text)).not.toMatch(/[<>"\n\r\t]|&(?!(amp|lt|gt|quot|#10|#9);)/);
        expect(escapeXml(text)).not.toMatch(ACTS);
      }),
    );
  });

  test("a workflow command is one line, and its properties hold no separator", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeGithubData(text)).not.toMatch(/[\r\n]/);
        expect(escapeGithubProperty(text)).not.toMatch(/[\r\n:,]/);
      }),
    );
    expect(escapeGithubData("100%\r\n::error::x")).toBe("100%25%0D%0A::error::x");
    expect(escapeGithubProperty("a:b,c%")).toBe("a%3Ab%2Cc%25");
  });

  test("Markdown shows markup as text", () => {
    expect(escapeMarkdown("a_b *c* | <img> [x](y) `z` @me &amp;")).toBe(
      "a\\_b \\*c\\* \\| &lt;img&gt; \\[x\\](y) \\`z\\` &#64;me &amp;amp;",
    );
    expect(escapeMarkdown("- x")).toBe("\\- x");
    expect(escapeMarkdown("# x")).toBe("\\# x");
  });

  test("a fence is longer than any that the text holds", () => {
    expect(fencedMarkdown("a\n````\nb", "text")).toBe("`````text\na\n````\nb\n`````\n");
    expect(fencedMarkdown("a", "text")).toBe("```text\na\n```\n");
  });
});
