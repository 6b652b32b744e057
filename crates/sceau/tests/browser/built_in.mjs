// One of Sceau's own authorities: the form that a type leads to, with its script, and the page it leads to.
import assert from "node:assert/strict";

// What `sceau scep enroll` ends with while a person must decide.
const PENDING = 4;
const NEW = "/admin/infrastructure/certificate-management/new";

export async function makeAuthority(page, world, labels, picture) {
  await page.goto(world.url + NEW);
  await page.getByLabel(labels.kind, { exact: true }).selectOption({ label: labels.builtIn });
  await page.waitForURL(`${world.url}${NEW}?type=built_in`);
  assert.equal(await page.getByLabel(labels.scepUrl).count(), 0, "nothing of NDES is asked");
  await page.getByLabel(labels.name, { exact: true }).fill("Contoso Devices");
  await page.getByLabel(labels.needsApproval).check();
  await picture("5-built-in-new");
  await page.getByRole("button", { name: labels.save }).click();
  await page.getByText(labels.saved).waitFor();
  await page.getByText(labels.enforced).waitFor();
  await decide(page, world, labels);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `the authority's page is ${overflow} pixels too wide`);
  await picture("5-built-in");
}

// Two requests wait; one of them is approved.
async function decide(page, world, labels) {
  const authority = new URL(page.url()).pathname.split("/").pop();
  for (const subject of ["CN=printer-1.lab.test", "CN=printer-2.lab.test"]) {
    const client = await world.enrol(page, authority, subject);
    assert.equal(client.status, PENDING, client.stderr);
  }
  await page.reload();
  await page.getByRole("button", { name: labels.approve }).first().click();
  await page.getByText(labels.approved).waitFor();
}
