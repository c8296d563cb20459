// One walk: sign in, open a case, open a finding, conclude, sign; break the glass, and judge it as the auditor; ask of
// everybody as the researcher; then the citizen reads result and log.
// On each page, in both languages: axe-core finds no violation, nothing is wider than the window at 320 pixels,
// nothing is loaded from elsewhere, the console is silent. Screenshots go to e2e/screenshots.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { ADDRESS, CHROMIUM, PROFILE } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = fileURLToPath(new URL("screenshots/", import.meta.url));
mkdirSync(shots, { recursive: true });

const browser = await chromium.launchPersistentContext(PROFILE, {
  executablePath: CHROMIUM,
  headless: true,
  viewport: { width: 1280, height: 900 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = browser.pages()[0] ?? (await browser.newPage());
// The program may be unoptimised and the machine busy.
page.setDefaultTimeout(120_000);
const heard = [];
page.on("console", (message) => heard.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => heard.push(String(error)));
page.on("request", (request) => {
  if (!request.url().startsWith(ADDRESS)) heard.push(`asked elsewhere: ${request.url()}`);
});

let checked = 0;
const faults = [];
const debuggerOfPage = await browser.newCDPSession(page);

/** Evaluates in the page. The page's own policy forbids scripts, so the test comes in through the debugger. */
async function debug(expression) {
  const told = await debuggerOfPage.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  assert.equal(told.exceptionDetails, undefined, JSON.stringify(told.exceptionDetails));
  return told.result.value;
}

/** Checks the page as it stands in both languages and at both widths, and comes back to Danish. */
async function check(name) {
  for (const [language, label] of [["en", "English"], ["da", "Dansk"]]) {
    await page.locator(".languages a", { hasText: label }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), language, name);
    await debug("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${shots}${name}-${language}-${width}.png`, fullPage: true });
      const wide = await debug("document.documentElement.scrollWidth");
      if (wide > width) faults.push(`${name} (${language}) is ${wide} pixels wide in a window of ${width}`);
      const found = await debug(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
      for (const v of found.violations) {
        faults.push(`${name} (${language}, ${width}) ${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.html).slice(0, 3).join("\n    ")}`);
      }
      checked += 1;
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}

/** Checks a page that is the answer to a form, which no address leads back to: in Danish, at both widths. */
async function look(name) {
  await debug("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${shots}${name}-da-${width}.png`, fullPage: true });
    const wide = await debug("document.documentElement.scrollWidth");
    if (wide > width) faults.push(`${name} is ${wide} pixels wide in a window of ${width}`);
    const found = await debug(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
    for (const v of found.violations) {
      faults.push(`${name} (${width}) ${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.html).slice(0, 3).join("\n    ")}`);
    }
    checked += 1;
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function signIn(name) {
  await page.goto(`${ADDRESS}/sign-in`);
  await page.getByRole("button", { name: `Log ind som ${name}` }).click();
}

async function signOut() {
  await page.getByRole("button", { name: "Log ud", exact: true }).click();
  await page.waitForURL("**/sign-in");
}

// What the walk needs to know of the house: the demo's people and the case of its citizen, or another's by environment.
const people = JSON.parse(process.env.PEOPLE ?? "null") ?? {
  laboratory: "Lars Laboratorium (demo)", citizen: "Knut Odvar Test Mosebryggersen", outsider: "Finn Forsikring (demo)",
  clinician: "Karen Klinisk (demo)", auditor: "Rosa Revision (demo)", researcher: "Frida Forsker (demo)",
  case: "ashkenazi-trio", gene: "NRAS",
};

await page.goto(ADDRESS);
await check("sign-in");
await signIn(people.laboratory);
await check("cases");
await page.locator(`tbody th a[href="/cases/${people.case}"]`).click();
const caseUrl = page.url();
const caseName = new URL(caseUrl).pathname.split("/").pop();
await check("case");
await page.locator("section[aria-labelledby=findings] tbody th a").first().click();
assert.ok((await page.locator("h1").innerText()).includes(people.gene), "the first finding");
await check("finding");
await page.goto(`${caseUrl}/findings/2`);
if (await page.locator(".facts").count()) await check("finding-2");

// Keyboard alone: the first stop is the way past the head, and it works.
await page.goto(caseUrl);
await page.keyboard.press("Tab");
assert.equal(await debug("document.activeElement.className"), "skip-link");
await page.keyboard.press("Enter");
assert.equal(new URL(page.url()).hash, "#content");

await page.getByRole("textbox", { name: "Konklusion" }).fill("Vi har fundet årsagen.\nForældrene bærer den ikke.");
assert.ok(await page.getByRole("radio", { name: "Sikkert fund", exact: true }).isChecked(), "the program's suggestion is chosen");
await page.getByRole("checkbox", { name: new RegExp(`^1\\. ${people.gene}`) }).check();
await page.getByRole("button", { name: "Gem konklusionen" }).click();
await page.getByRole("link", { name: "Gå til underskrift" }).click();
await check("sign");
await page.getByRole("button", { name: "Underskriv" }).click();
await page.waitForURL(caseUrl);
assert.equal(await page.locator("textarea").count(), 0, "what is signed is read-only");
await check("case-signed");
await signOut();

await signIn(people.outsider);
await check("access");
await page.getByRole("textbox").fill(caseName);
await page.keyboard.press("Enter");
await page.getByRole("heading", { name: "Adgang afvist" }).waitFor();
heard.splice(0, heard.length, ...heard.filter((line) => !line.includes("403")));
await check("refused");
await signOut();

if (people.clinician) {
  // Who would break the glass confirms who she is, says on which ground, and writes why.
  await signIn(people.clinician);
  await page.goto(`${caseUrl}/glass`);
  await check("step-up");
  await page.getByRole("button", { name: "Bekræft" }).click();
  await page.waitForURL("**/glass");
  await check("glass");
  await page.getByRole("radio", { name: /^Livet/ }).check();
  await page.getByRole("textbox", { name: "Hvorfor" }).fill("Bevidstløs på akutmodtagelsen");
  await page.getByRole("button", { name: "Åbn sagen" }).click();
  await page.waitForURL(caseUrl);
  await check("case-professional");
  await page.getByRole("link", { name: "Forløb" }).first().click();
  await check("timeline");
  await page.getByRole("link", { name: "Bed patienten svare på et spørgeskema" }).click();
  await page.getByRole("heading", { name: "Bed om svar" }).waitFor();
  await check("questions");
  await signOut();
}

if (people.auditor) {
  // What the clinician did is followed up; the rest of the auditor's pages on the way.
  await signIn(people.auditor);
  await page.getByRole("link", { name: "Opfølgning" }).click();
  await check("follow-ups");
  await page.locator("tbody th a").first().click();
  assert.ok((await page.locator("main").innerText()).includes("Bevidstløs på akutmodtagelsen"), "what the professional wrote");
  await check("follow-up");
  await page.getByRole("radio", { name: "Læsningen var i orden" }).check();
  await page.getByRole("textbox", { name: "Begrundelse" }).fill("Indlagt akut samme dag.");
  await page.getByRole("button", { name: "Gem vurderingen" }).click();
  await page.getByRole("status").getByText("Vurderingen er gemt").waitFor();
  await page.getByRole("button", { name: "Hold det, der venter, op mod registrene" }).click();
  await page.getByRole("status").getByText("Bekræftet af registrene: 0").waitFor();
  for (const [link, name] of [["Loggens træ", "tree"], ["Regler", "rules"], ["Hvad var svaret?", "replay"]]) {
    await page.getByRole("link", { name: link, exact: true }).click();
    await check(name);
  }
  await signOut();
}

if (people.researcher) {
  // A question about everybody: refused, explained, answered, with what is left out; and the catalogue.
  await signIn(people.researcher);
  const ask = async (sql, button) => {
    await page.getByRole("textbox", { name: "Spørgsmål" }).fill(sql);
    await page.getByRole("button", { name: button, exact: true }).click();
  };
  await check("sql");
  await page.goto(`${ADDRESS}/sql`);
  await ask("select pnr from bef", "Spørg");
  await page.getByRole("heading", { name: "Spørgsmålet er afvist" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Spørgsmål" }).inputValue(), "select pnr from bef", "her text is kept");
  await look("sql-refused");
  await ask("select count(*) as n from lmdb where atc = 'A10BA02'", "Forklar");
  await page.getByText("Læsning af lmdb").waitFor();
  await look("sql-plan");
  await ask("select date_part('year', foed_dato) / 10 * 10 as aarti, count(*) as n from bef group by 1 order by 1", "Spørg");
  await page.getByRole("heading", { name: "Svar" }).waitFor();
  assert.ok(await page.locator("svg.bar").count() > 3, "an answer of one category and one count has bars");
  await look("sql-answer");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Hent som CSV" }).click()]);
  assert.ok(readFileSync(await file.path(), "utf8").startsWith("aarti,n\n"), "the answer as CSV");
  await page.getByRole("link", { name: "Katalog over tabeller" }).click();
  await page.getByLabel("Søgeord").fill("diagnose");
  await page.keyboard.press("Enter");
  await check("catalogue");
  await page.locator("tbody a").first().click();
  await check("catalogue-table");
  await signOut();
}

await signIn(people.citizen);
const result = await page.locator("main").innerText();
for (const part of ["Vi har fundet årsagen.", people.gene]) assert.ok(result.includes(part), `the result lacks ${part}`);
await check("result");
await page.getByRole("link", { name: "Min historie" }).click();
await page.getByRole("heading", { name: "Min historie" }).waitFor();
await check("story");
if (await page.getByRole("link", { name: "Vis som tabel" }).count()) {
  await page.getByLabel("Slags").selectOption("medication");
  await page.getByRole("button", { name: "Vis hændelser" }).click();
  await page.getByRole("link", { name: "Vis som tabel" }).click();
  await check("story-table");
}
// A questionnaire: sent with something missing, updated, sent; help is where it is needed, and the course is drawn.
await page.getByRole("link", { name: "Spørgeskemaer" }).click();
await check("questionnaires");
const answer = async (points, last) => {
  await page.getByRole("link", { name: "Udfyld Humør: PHQ-9" }).click();
  for (let question = 0; question < 9; question += 1) {
    const option = question < 8 ? points : last;
    await page.locator("fieldset").nth(question).getByRole("radio").nth(option).check();
  }
};
await page.getByRole("link", { name: "Udfyld Humør: PHQ-9" }).click();
await check("questionnaire");
await page.getByRole("group", { name: /^9\. Tanker om/ }).getByLabel("Flere dage").check();
await page.getByRole("button", { name: "Send svarene" }).click();
await page.getByRole("alert").getByText("Ret dette først").waitFor();
assert.equal(await page.getByRole("alert").getByRole("link").count(), 8, "each question that lacks an answer");
assert.ok(await page.getByText("70 201 201").count(), "where help is");
assert.ok(await page.getByRole("group", { name: /^9\. Tanker om/ }).getByLabel("Flere dage").isChecked(), "what she answered is kept");
await look("questionnaire-faults");
await page.getByRole("alert").getByRole("link").first().click();
assert.ok(new URL(page.url()).hash.startsWith("#q"), "a fault leads to its question");
for (const [points, last, total] of [[1, 1, "9 af 27"], [2, 0, "16 af 27"]]) {
  await page.goto(`${ADDRESS}/my/questionnaires`);
  // The second time no script may run at all.
  await debuggerOfPage.send("Emulation.setScriptExecutionDisabled", { value: last === 0 });
  await answer(points, last);
  await page.getByRole("button", { name: "Opdater spørgsmålene" }).click();
  await page.getByRole("group", { name: /^10\. / }).getByLabel("Lidt svært").check();
  assert.equal(await page.getByText("70 201 201").count(), last > 0 ? 1 : 0);
  await page.getByRole("button", { name: "Send svarene" }).click();
  await page.getByRole("status").getByText("Dine svar er sendt").waitFor();
  assert.ok((await page.locator("main").innerText()).includes(total), total);
  await debuggerOfPage.send("Emulation.setScriptExecutionDisabled", { value: false });
  assert.equal(await page.getByText("70 201 201").count(), last > 0 ? 1 : 0, "help is shown again");
  await check(last > 0 ? "answered-help" : "answered");
}
await page.getByRole("link", { name: "Til mine spørgeskemaer" }).click();
assert.ok(await page.locator("figure.plot").count() >= 1, "her course is drawn");
await check("questionnaires-answered");
// A draft: saved, taken up again, thrown away.
await page.getByRole("link", { name: /^Udfyld .*GAD-7/ }).click();
await page.locator("fieldset").first().getByRole("radio").nth(2).check();
await page.getByRole("button", { name: "Gem som udkast" }).click();
await page.getByRole("status").getByText("Dit udkast er gemt").waitFor();
await check("questionnaires-draft");
await page.getByRole("link", { name: /^Fortsæt .*GAD-7/ }).click();
assert.ok(await page.locator("fieldset").first().getByRole("radio").nth(2).isChecked(), "what she had answered is there");
await check("questionnaire-draft");
await page.goto(`${ADDRESS}/my/questionnaires`);
await page.getByRole("button", { name: /^Slet udkastet .*GAD-7/ }).click();
await page.getByRole("status").getByText("Udkastet er slettet").waitFor();
// By keyboard alone.
await page.getByRole("link", { name: /^Udfyld Smerte/ }).focus();
await page.keyboard.press("Enter");
await page.waitForURL("**/my/questionnaires/*");
await page.getByRole("radio", { name: "Ja" }).focus();
await page.keyboard.press("Space");
await page.getByRole("button", { name: "Send svarene" }).focus();
await page.keyboard.press("Enter");
await page.getByRole("status").getByText("ført til flere spørgsmål").waitFor();
await page.getByLabel(/^Hvor ondt/).fill("12");
await page.getByRole("button", { name: "Send svarene" }).click();
await page.getByRole("alert").getByText("uden for skalaen").first().waitFor();
assert.equal(await page.getByLabel(/^Hvor ondt/).inputValue(), "12", "what she typed is kept");
await look("questionnaire-scale");
await page.getByLabel(/^Hvor ondt/).fill("7");
await page.getByRole("button", { name: "Send svarene" }).click();
await page.getByRole("status").getByText("Dine svar er sendt").waitFor();
await page.getByRole("link", { name: "Min historie" }).click();
assert.ok((await page.locator("main").innerText()).includes("PHQ-9, samlet score"), "the score stands in her story");
await page.getByRole("link", { name: "Mine valg" }).click();
await check("choices");
await page.getByRole("button", { name: "Gem ønskerne" }).first().click();
await page.getByRole("status").waitFor();
await page.getByText("Spær for nogen eller noget").click();
await page.getByLabel("Hvem eller hvad vil du spærre for?").selectOption("everybody");
await page.getByRole("button", { name: "Sæt spærringen" }).first().click();
await page.getByRole("status").getByText("Spærret for alle sundhedsfaglige").waitFor();
await check("choices-blocked");
await page.getByRole("status").getByRole("button", { name: "Fortryd" }).click();
await page.getByRole("status").getByText("Spærringen er ophævet").waitFor();
await check("choices-lifted");
// The check has unfolded everything; a fresh page is folded.
await debug("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
await page.getByRole("button", { name: "Lav en kode" }).click();
await page.getByRole("heading", { name: "Din kode" }).waitFor();
await page.screenshot({ path: `${shots}choices-code-da-1280.png`, fullPage: true });
await page.getByRole("link", { name: "Min log" }).click();
const log = await page.locator("main").innerText();
for (const part of [people.laboratory, "underskrev svaret", people.outsider, "Afvist"]) assert.ok(log.includes(part), `the log lacks ${part}`);
if (people.researcher) assert.ok(log.includes("Dine oplysninger kan være talt med"), "the log tells of questions about everybody");
await check("log");
await page.getByLabel("Hvem (navn eller en del af det)").fill(people.outsider.split(" ")[0]);
await page.getByLabel("Udfald").selectOption("refused");
await page.keyboard.press("Enter");
await page.getByRole("link", { name: "Vis alt" }).waitFor();
const some = await page.locator("tbody").innerText();
assert.ok(some.includes(people.outsider) && !some.includes(people.laboratory), "only what was asked for");
await check("log-filtered");
await page.getByRole("link", { name: "Vis alt" }).click();
await page.locator("tbody a").first().click();
assert.ok((await page.locator("main").innerText()).includes("dig selv"), "the proof shows names, not identifiers");
assert.ok((await page.locator("main").innerText()).includes("Beviset holder"));
await check("proof");
await page.goto(`${ADDRESS}/nowhere`);
await check("not-found");

heard.splice(0, heard.length, ...heard.filter((line) => !/40[34]|422/.test(line)));
assert.deepEqual(heard, []);
assert.equal(faults.length, 0, `\n${faults.join("\n")}`);
await browser.close();
console.log(`e2e: ${checked} views checked (page × language × width), no violation; screenshots in e2e/screenshots`);
