// Every page once, after the story: it answers, it fits the width, its fields have labels, the switch works.
import assert from "node:assert/strict";

const PAGES = [
  "/", "/devices", "/configurations", "/certificates", "/people", "/people/new",
  "/groups", "/groups/new?of=devices", "/groups/new?of=people",
  "/admin/infrastructure/certificate-management", "/admin/operators", "/admin/activity",
];

export async function walk(page, world, code) {
  for (const path of PAGES) {
    const response = await page.goto(world.url + path);
    assert.equal(response.status(), 200, path);
    assert.equal(await page.locator("html").getAttribute("lang"), code, path);
    assert.equal(await page.locator("h1").count(), 1, `${path}: one heading`);
    assert.deepEqual(await page.evaluate(unlabelled), [], `${path}: fields without a label`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`);
  }
  const other = code === "fr" ? "en" : "fr";
  await page.locator(".language button").click();
  await page.locator(`html[lang=${other}]`).waitFor();
  await page.locator(".language button").click();
  await page.locator(`html[lang=${code}]`).waitFor();
}

function unlabelled() {
  return [...document.querySelectorAll("input, select, textarea")]
    .filter((field) => field.type !== "hidden")
    .filter((field) => field.labels.length === 0 && !field.getAttribute("aria-label"))
    .map((field) => field.name);
}
