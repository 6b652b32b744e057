// The real programs that a story is played against: a server, the laboratory's NDES, a simulated device.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const BINARY = process.env.SCEAU_BIN ?? "target/debug/sceau";
// The settings of this test are none of the server's.
const ENVIRONMENT = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SCEAU_")));
const NDES_PASSWORD = "Laboratory-1";
const PERSON = { username: "anne.martin@lab.test", password: "enrolment-secret-1" };

/** Ports that were free a moment ago. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () =>
      new Promise((resolve, reject) => {
        const server = createServer();
        server.once("error", reject).listen(0, "127.0.0.1", () => resolve(server));
      }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Waits for a condition, for a minute at most. */
export async function until(what, condition) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (await condition()) return;
    await pause(100);
  }
  throw new Error(`waited a minute for ${what}`);
}

function answers(url, ca) {
  return new Promise((resolve) => {
    const request = get(url, { ca }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}

/** A world of its own in the folder: an empty database, one operator, one person, an NDES. */
export class World {
  static async start(folder) {
    const world = new World();
    world.folder = folder;
    world.children = [];
    const [publicPort, managementPort, ndesPort] = await freePorts(3);
    world.url = `https://localhost:${publicPort}`;
    world.ndes = `http://127.0.0.1:${ndesPort}`;
    world.ndesUser = "LAB\\ndes";
    world.ndesPassword = NDES_PASSWORD;
    mkdirSync(join(folder, "server"), { recursive: true });
    world.settings = join(folder, "sceau.toml");
    writeFileSync(
      world.settings,
      [
        `public_url = "${world.url}"`,
        `management_url = "https://localhost:${managementPort}"`,
        `data_dir = "${join(folder, "server")}"`,
        "[listen]",
        `public = "127.0.0.1:${publicPort}"`,
        `management = "127.0.0.1:${managementPort}"`,
        "",
      ].join("\n"),
    );
    world.sceau(["operator", "add", "claire", "--role", "owner", "--password-stdin"], "a password of claire");
    world.sceau(
      ["person", "add", PERSON.username, "--password-stdin", "--email", PERSON.username, "--upn", PERSON.username],
      PERSON.password,
    );
    world.spawn("ndes", [
      "lab", "ndes", "--listen", `127.0.0.1:${ndesPort}`, "--user", world.ndesUser, "--password", NDES_PASSWORD,
      "--data-dir", join(folder, "ndes"), "--minute", "1",
    ]);
    world.spawn("server", ["--config", world.settings, "serve"]);
    world.caFile = join(folder, "server", "tls-ca.pem");
    await until("the server's certificate", () => existsSync(world.caFile));
    await until("the server", () => answers(`${world.url}/readyz`, readFileSync(world.caFile)));
    await until("the laboratory's CA", () => existsSync(join(folder, "ndes", "ca.pem")));
    return world;
  }

  /** Runs one command of the command line and gives what it prints. */
  sceau(args, input) {
    const done = spawnSync(BINARY, ["--config", this.settings, ...args], { input, encoding: "utf8", env: ENVIRONMENT });
    if (done.status !== 0) throw new Error(`sceau ${args.join(" ")}: ${done.stderr}`);
    return done.stdout.trim();
  }

  /** Orders a certificate of an authority over the API and asks for it as a SCEP client. Gives the client's exit code. */
  async enrol(page, authority, subject) {
    this.token ??= this.sceau(["operator", "token", "claire"]);
    const placed = await page.request.post(`${this.url}/api/v1/orders`, {
      headers: { authorization: `Bearer ${this.token}` },
      data: { authority, subject },
    });
    if (placed.status() !== 201) throw new Error(`order: ${placed.status()} ${await placed.text()}`);
    const { scep_url: url, challenge } = await placed.json();
    const key = join(this.folder, `key-${Date.now()}.pem`);
    const args = ["scep", "enroll", url, "--tls-ca", this.caFile, "--subject", subject, "--new-key", key];
    return spawnSync(BINARY, [...args, "--challenge-stdin"], { input: challenge, encoding: "utf8", env: ENVIRONMENT });
  }

  spawn(name, args) {
    const log = openSync(join(this.folder, `${name}.log`), "a");
    const child = spawn(BINARY, args, { stdio: ["ignore", log, log], env: ENVIRONMENT });
    child.once("exit", (code) => {
      if (!this.isStopping && code !== 0) console.error(`${name} ended with ${code}:\n${this.log(name)}`);
    });
    this.children.push(child);
  }

  log(name) {
    const path = join(this.folder, `${name}.log`);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(-30).join("\n") : "";
  }

  loginLink() {
    return this.sceau(["operator", "login-link", "claire"]);
  }

  /** One simulated Windows device enrols and speaks until it holds its certificate. */
  startDevice() {
    const people = join(this.folder, "people.txt");
    writeFileSync(people, `${PERSON.username} ${PERSON.password}\n`);
    this.spawn("devices", [
      "lab", "devices", "--server", this.url, "--ca-file", this.caFile, "--people", people, "--devices", "1",
      "--data-dir", join(this.folder, "devices"), "--minute", "1",
    ]);
  }

  async stop() {
    this.isStopping = true;
    for (const child of this.children.reverse()) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
        await ended;
        clearTimeout(timer);
      }
    }
  }
}
