// The help page, click by click: from an empty database to a certificate that a device proved to hold.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Follows the page in the language whose labels are given. */
export async function follow(page, world, labels, picture) {
  await signIn(page, world, labels);
  await addAuthority(page, world, labels, picture);
  await addConfiguration(page, world, labels, picture);
  await distribute(page, world, labels, picture);
  await watch(page, world, labels, picture);
}

async function signIn(page, world, labels) {
  await page.goto(world.loginLink());
  await page.getByRole("button", { name: labels.signIn }).click();
  await page.waitForURL(`${world.url}/`);
}

const link = (page, name) => page.getByRole("link", { name, exact: true });
const field = (page, name) => page.getByLabel(name, { exact: true });

// "Configurer une autorité de certification externe", steps 1 to 8.
async function addAuthority(page, world, labels, picture) {
  await page.locator("summary", { hasText: labels.admin }).first().click();
  await page.locator("summary", { hasText: labels.infrastructure }).click();
  await link(page, labels.authorities).click();
  await link(page, labels.add).click();
  await field(page, labels.name).fill("Contoso");
  await field(page, labels.kind).selectOption({ label: "Microsoft" });
  await field(page, labels.scepUrl).fill(`${world.ndes}/certsrv/mscep/mscep.dll/pkiclient.exe`);
  await field(page, labels.username).fill(world.ndesUser);
  await field(page, labels.password).fill(world.ndesPassword);
  await field(page, labels.challengeUrl).fill(`${world.ndes}/certsrv/mscep_admin/`);
  await page.getByRole("button", { name: labels.save }).click();
  // The laboratory speaks plain http: the challenge travels in clear, and a person must accept that.
  assert.equal(await field(page, labels.name).inputValue(), "Contoso");
  assert.equal(await field(page, labels.password).inputValue(), "", "a password is never shown again");
  await page.getByLabel(labels.consent).check();
  await field(page, labels.password).fill(world.ndesPassword);
  await picture("1-authority");
  await page.getByRole("button", { name: labels.save }).click();
  await page.getByText(labels.saved).waitFor();
  await page.getByRole("button", { name: labels.test }).click();
  await page.getByText(labels.tested).waitFor();
  await picture("1-authority-tested");
}

// "Configuration SCEP", steps 1 to 8.
async function addConfiguration(page, world, labels, picture) {
  await link(page, labels.configurations).click();
  await link(page, labels.add).click();
  await page.getByRole("link", { name: "Windows" }).click();
  await page.getByRole("link", { name: labels.identity }).click();
  await page.getByRole("heading", { name: labels.title }).waitFor();
  await field(page, labels.name).fill("Wi-Fi");
  await field(page, labels.distributionKind).selectOption({ label: labels.windows });
  await field(page, labels.externalAuthority).selectOption({ label: "Contoso" });
  await field(page, labels.subject).fill("CN=$\\\\{userEmailAddress}");
  await offerVariables(page);
  await field(page, labels.retries).selectOption("3");
  await field(page, labels.retryDelay).selectOption("300");
  await field(page, labels.keyLength).selectOption("2048");
  await page.getByLabel(labels.signature).check();
  await page.getByLabel(labels.encipherment).check();
  await field(page, labels.validity).fill("1");
  await fillThumbprint(page, world, labels);
  await page.getByLabel("SHA-2").check();
  await page.getByRole("button", { name: labels.next, exact: true }).click();
  // The subject was typed as the help page prints it: one click puts it right.
  await page.getByText(labels.misprint).first().waitFor();
  await page.getByRole("button", { name: labels.correct }).click();
  assert.equal(await field(page, labels.subject).inputValue(), "CN=${userEmailAddress}");
  await picture("2-configuration");
  await page.getByRole("button", { name: labels.next, exact: true }).click();
}

// Typing `$` offers the variables; choosing one writes it.
async function offerVariables(page) {
  const row = page.locator(".san-row").first();
  await row.locator("select").selectOption("upn");
  await row.locator("input").pressSequentially("$userU");
  await page.locator("[data-variable-list] button", { hasText: "userUPN" }).click();
  assert.equal(await row.locator("input").inputValue(), "${userUPN}");
}

async function fillThumbprint(page, world, labels) {
  const filled = await field(page, labels.thumbprint).inputValue();
  assert.match(filled, /^[0-9A-F]{40}$/, "filled in from the authority");
  await field(page, labels.thumbprint).fill("");
  await page.locator("summary", { hasText: labels.fromCertificate }).click();
  await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.getByLabel(labels.file).setInputFiles(join(world.folder, "ndes", "ca.pem")),
  ]);
  await page.waitForFunction((id) => document.getElementById(id)?.value.length === 40, "field-thumbprint");
  assert.equal(await field(page, labels.thumbprint).inputValue(), filled);
}

async function distribute(page, world, labels, picture) {
  await page.getByLabel(labels.enable).check();
  await page.getByLabel(labels.all).check();
  await page.getByText(labels.previewNone).waitFor();
  await picture("3-distribution");
  await page.getByRole("button", { name: labels.done }).click();
  await page.getByRole("heading", { name: labels.progress, exact: true }).waitFor();
}

async function watch(page, world, labels, picture) {
  world.startDevice();
  // Nothing is reloaded: the page follows by itself.
  await page.getByText(labels.verifiedShare).first().waitFor({ timeout: 120_000 });
  await picture("4-progress");
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByText(labels.timeline).waitFor();
  const certificate = page.locator(".delivery code", { hasText: /^[0-9A-F]{40}$/ });
  const sha1 = (await certificate.first().textContent()).trim();
  const devices = join(world.folder, "devices");
  const held = readdirSync(devices, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(devices, entry.name, "my")));
  assert.deepEqual(held.map((name) => name.toLowerCase()), [`${sha1.toLowerCase()}.pem`]);
  await certificate.first().click();
  await page.getByText("CN=anne.martin@lab.test").first().waitFor();
}
