import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as library from "../index.ts";
import { galleryDifferences, galleryPages } from "./gallery.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("every scenario reports what is checked in under reports/, byte for byte", () => {
  const pages = galleryPages(library, `${root}scenarios`);
  expect(pages.length).toBeGreaterThan(0);
  expect(galleryDifferences(pages, `${root}reports`)).toEqual([]);
});
